"""Run every benchmark of this folder, one after the other: `make bench`."""

from benchmarks import whole


def main() -> None:
    """Run them."""
    whole.main([])


if __name__ == "__main__":
    main()
