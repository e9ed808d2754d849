"""Transfer: which practices suit which regions, why, and how sure we are.

The method is described in ``docs/transferability.md``; every parameter is data (``data/model/``).
"""
