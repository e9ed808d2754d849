"""Validation: SHACL shapes evaluated set-wise in the store, refereed by pySHACL, and the report they give."""
