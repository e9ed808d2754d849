"""Tests of the transfer model."""
