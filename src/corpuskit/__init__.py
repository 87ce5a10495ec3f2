"""corpuskit: raw text in, merged passages out, with the provenance of every copy."""
