"""The gallery in parts: each is a function that stores rows and returns its states by name."""

from tests.browser.gallery_changes import of_changes, of_imports
from tests.browser.gallery_console import of_the_console, of_the_help
from tests.browser.gallery_pages import before_a_launch, of_a_launch, of_an_exam

PARTS = {
    "login": before_a_launch,
    "launch": of_a_launch,
    "exam": of_an_exam,
    "changes": of_changes,
    "imports": of_imports,
    "console": of_the_console,
    "help": of_the_help,
}
