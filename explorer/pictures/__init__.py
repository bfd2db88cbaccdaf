"""The pictures that everything else works on: opened, made smaller, or taken from the installed packages."""
