"""What is published of a snapshot: documents of resources, descriptions of the data, dumps, files for a plain host."""
