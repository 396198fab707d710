"""`python -m adapter.cli` is `crfhir`."""

from adapter.cli import main

if __name__ == "__main__":
    main()
