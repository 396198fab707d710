def report(study,n): pass
