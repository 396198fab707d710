"""Figures of crfhir as ratios from one run: `make bench`."""
