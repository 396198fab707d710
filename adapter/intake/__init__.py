"""The steps of the pipeline: what arrived becomes drafts, drafts meet what is stored, scores follow."""
