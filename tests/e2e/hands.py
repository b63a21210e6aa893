"""How somebody works a page: with the mouse, or with the keyboard alone. Tests that take both do the same by each."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.e2e.windows import LIMIT, Visit

MOST_STOPS = 400
"""Presses of Tab after which something cannot be reached."""
TOWARDS = """(one) => {
  const at = document.activeElement;
  if (at === one) return null;
  return at.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING ? 'Shift+Tab' : 'Tab';
}"""
SOMEWHERE = "() => document.activeElement !== document.body && document.activeElement.offsetParent !== null"
YEARS = 4
"""Steps of a year field that lead from any day of a year to one that there is: the 29th of February too."""


class Keys:
    """The keyboard alone: Tab and Shift+Tab lead everywhere, then keys do what there is to do."""

    name = "keyboard"

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._keyboard = visit.page.keyboard

    def reach(self, place: Locator) -> None:
        """Go to `place`, stop by stop."""
        expect(place).to_be_visible()
        expect(place).to_be_enabled()
        for _ in range(MOST_STOPS):
            key = place.evaluate(TOWARDS)
            if key is None:
                return
            self._keyboard.press(key)
        raise AssertionError(f"no way leads to {place}: {self.visit.page.evaluate(WHERE)}")

    def press(self, place: Locator) -> None:
        """Press a button."""
        self.reach(place)
        self._keyboard.press("Enter")

    def tick(self, place: Locator) -> None:
        """Press a check box."""
        self.reach(place)
        self._keyboard.press("Space")

    def write(self, place: Locator, text: str) -> None:
        """Write `text` in place of what is there."""
        self.reach(place)
        self._keyboard.press("Control+a")
        self._keyboard.type(text)

    def choose(self, select: Locator, value: str) -> None:
        """Choose an option, going through the list from its beginning."""
        self.reach(select)
        values = select.evaluate("(one) => Array.from(one.options, (option) => option.value)")
        self._keyboard.press("Home")
        for _ in range(values.index(value)):
            self._keyboard.press("ArrowDown")
        expect(select).to_have_value(value)

    def change(self, chosen: Locator, other: Locator) -> None:
        """Go from the chosen one of two choices to the other."""
        self.reach(chosen)
        self._keyboard.press("ArrowLeft")
        expect(other).to_be_checked()

    def forward(self, place: Locator, fours: int) -> str:
        """Put a date forward by so many times four years, whatever order its parts have here; return what it says."""
        self.reach(place)
        was = int(place.input_value()[:4])
        for _ in range(5):  # its parts: one of them is the year
            self._press("ArrowUp", YEARS)
            if place.input_value()[:4] == str(was + YEARS):
                self._press("ArrowUp", YEARS * (fours - 1))
                return place.input_value()
            self._press("ArrowDown", YEARS)
            self._keyboard.press("ArrowRight")
        raise AssertionError(f"no part of the date is its year: {place.input_value()}")

    def _press(self, key: str, times: int) -> None:
        for _ in range(times):
            self._keyboard.press(key)

    def is_kept(self) -> None:
        """The focus is somewhere: who uses no mouse goes on from there."""
        self.visit.page.wait_for_function(SOMEWHERE, timeout=LIMIT)


class Mouse:
    """The mouse, and typing where there is something to type."""

    name = "mouse"

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def press(self, place: Locator) -> None:
        """Click a button."""
        place.click()

    def tick(self, place: Locator) -> None:
        """Click a check box."""
        place.click()

    def write(self, place: Locator, text: str) -> None:
        """Click a field and write `text` in place of what is there."""
        place.fill(text)

    def choose(self, select: Locator, value: str) -> None:
        """Choose an option."""
        select.select_option(value)

    def change(self, chosen: Locator, other: Locator) -> None:
        """Click the other one of two choices."""
        expect(chosen).to_be_checked()
        other.locator("xpath=..").click()

    def forward(self, place: Locator, fours: int) -> str:
        """Put a date forward by so many times four years; return what it says."""
        was = place.input_value()
        place.fill(f"{int(was[:4]) + YEARS * fours}{was[4:]}")
        return place.input_value()

    def is_kept(self) -> None:
        """A mouse needs no focus."""


Hand = Keys | Mouse
HANDS = {one.name: one for one in (Mouse, Keys)}
WHERE = "() => [document.activeElement.tagName, document.activeElement.id, document.activeElement.className].join(' ')"
