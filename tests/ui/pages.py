"""What the tests of the pages share: reading a page, and pressing its buttons."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

GOOD_ANSWER = (
    "It moves the parameters against the gradient of the loss. "
    "The learning rate sets the size of each step."
)
WRONG_ANSWER = "It moves the parameters along the gradient, uphill."


def words(page: AppTest) -> str:
    """Everything that a page says, as Markdown source."""
    kinds = (page.title, page.subheader, page.markdown, page.error, page.info, page.success)
    said = [element.value for kind in (*kinds, page.warning, page.code) for element in kind]
    return "\n".join([*said, *(expander.label for expander in page.expander)])


def labels(page: AppTest) -> list[str]:
    """The words on the buttons of a page, in order."""
    return [button.label for button in page.button]


def press(page: AppTest, label: str) -> AppTest:
    """Press the first button with these words."""
    return next(button for button in page.button if button.label == label).click().run()


def answer(page: AppTest, text: str) -> AppTest:
    """Send an answer."""
    return page.chat_input[0].set_value(text).run()


def start(page: AppTest) -> AppTest:
    """Start the interview that the start page offers."""
    return press(page, "Start the interview")
