"""The store: submissions, record versions and resource versions in one database, one transaction a push."""
