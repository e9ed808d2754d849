"""What pages show: one module a kind of page, each a function that gathers data and the name of a template."""
