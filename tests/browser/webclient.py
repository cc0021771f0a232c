"""Odoo's web client as its user sees it: what differs by series, only this file knows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

ADDON = "cartona_integration"
#: Said about pages without any fault of theirs; Debian leaves out a library of video calls.
_HARMLESS = re.compile("favicon|selfie_segmentation|BLOCKED_BY_CLIENT|ERR_ABORTED|ResizeObserver")
_DIALOGS = ".o_error_dialog, .o_dialog_error"
#: The title of the addon's pages and its menu, in either language.
TITLE = "(?:Cartona|كرتونة)"


@dataclass(frozen=True)
class Live:
    """Where the running Odoo and sandbox are, and how to get in."""

    odoo_url: str
    sandbox_url: str
    token: str
    webhook_token: str
    login: str
    password: str
    major: int

    def password_of(self, login: str) -> str:
        """Return a person's password: only loopback is served."""
        return self.password if login == self.login else f"{login}-{self.password}"


class WebClient:
    """One page of a logged-in user."""

    def __init__(self, page: Page, live: Live) -> None:
        self.page = page
        self.live = live
        self._problems: list[str] = []
        page.on("pageerror", lambda error: self._problems.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _HARMLESS.search(message.text + str(message.location)):
            self._problems.append(message.text)

    def problems_seen(self) -> list[str]:
        """Return JavaScript errors, errors on the console and error dialogs."""
        return [*self._problems, *self.page.locator(_DIALOGS).all_inner_texts()]

    # -- getting about --------------------------------------------------------------------

    def log_in(self, login: str) -> None:
        """Log in and wait for the web client."""
        self.page.goto(f"{self.live.odoo_url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", self.live.password_of(login))
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_selector(".o_main_navbar")

    def open(self, action: str, record: int | None = None) -> None:
        """Open an action by its XML id, the addon's own by its name alone, or a form of it."""
        action = action if "." in action else f"{ADDON}.{action}"
        if self.live.major >= 18:
            path = f"odoo/action-{action}" + (f"/{record}" if record else "")
        else:
            path = f"web#action={action}" + (f"&id={record}&view_type=form" if record else "")
        self.page.goto("about:blank")
        self.page.goto(f"{self.live.odoo_url}/{path}")
        self.page.wait_for_selector(".o_action_manager .o_view_controller")

    def home(self) -> None:
        """Open the web client where it opens by itself."""
        self.page.goto(f"{self.live.odoo_url}/web")
        self.page.wait_for_selector(".o_main_navbar")

    def apps(self) -> Locator:
        """Return the entries of the menu of apps; Enterprise has a page of them."""
        unfold = self.page.locator(".o_navbar_apps_menu button")
        page = self.page.locator(".o_home_menu")
        expect(unfold.or_(page).first).to_be_visible()
        if not page.is_visible():
            unfold.click()
        entries = self.page.locator(".o_app")
        expect(entries.first).to_be_visible()
        return entries

    def menu(self, app: str, *path: str) -> None:
        """Click through the menus."""
        self.apps().filter(has_text=re.compile(f"^\\s*{app}\\s*$")).click()
        expect(self.page.locator(".o_menu_brand")).to_have_text(app)
        for name in path:
            self.page.locator(".o_menu_sections, .o-dropdown--menu").get_by_text(
                name, exact=True
            ).click()

    # -- what is on the screen ------------------------------------------------------------

    @property
    def form(self) -> Locator:
        """The open form."""
        return self.page.locator(".o_form_view").last

    @property
    def rows(self) -> Locator:
        """The rows of the open list."""
        return self.page.locator(".o_list_view .o_data_row")

    @property
    def cards(self) -> Locator:
        """The cards of the open kanban view."""
        return self.page.locator(".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)")

    @property
    def dialog(self) -> Locator:
        """The open dialog."""
        return self.page.locator(".modal-dialog:visible").last

    def view(self, kind: str) -> Locator:
        """Return the open view of a kind: form, kanban, list, graph, pivot."""
        return self.page.locator(f".o_{kind}_view").last

    def switch_to(self, kind: str) -> Locator:
        """Switch to another kind of view and return it."""
        self.page.locator(f"button.o_switch_view.o_{kind}").click()
        expect(self.view(kind)).to_be_visible()
        return self.view(kind)

    def notified(self, text: str | re.Pattern[str], kind: str = "success") -> None:
        """Expect a notification of a kind, and put it away."""
        notes = self.page.locator(".o_notification").filter(has_text=text)
        # before 17 the colour is the note's own, then one of its parts'
        colours = f".bg-{kind}, .border-{kind}"
        coloured = self.page.locator(f".o_notification:is({colours}, :has({colours}))")
        expect(notes.and_(coloured).first).to_be_visible()
        notes.first.locator(".o_notification_close").click()

    @property
    def breadcrumb(self) -> Locator:
        """Where the user is."""
        return self.page.locator(".o_breadcrumb, .breadcrumb").first

    def cell(self, row: Locator, name: str) -> Locator:
        """Return a field of a row of the list; on 15, its cell may have no name."""
        return row.locator(f"[name={name}]").first

    # -- what a user does -----------------------------------------------------------------

    def field(self, name: str) -> Locator:
        """Return a field of the form."""
        return self.form.locator(f".o_field_widget[name={name}]:visible").first

    def input(self, name: str) -> Locator:
        """Return what a field of the form is typed into; 15 may have no element around it."""
        field = f".o_field_widget[name={name}]"
        places = [f"{kind}{field}, {field} {kind}" for kind in ("input", "textarea")]
        return self.form.locator(":is(" + ", ".join(places) + "):visible").first

    def edit(self) -> None:
        """Begin to edit the form, which only 15 wants to be told."""
        if self.live.major < 16:
            edit = self.page.locator(".o_form_button_edit:visible")
            save = self.page.locator(".o_form_button_save:visible")
            expect(edit.or_(save).first).to_be_visible()
            if edit.count():
                edit.click()
                expect(save).to_be_visible()

    def fill(self, name: str, value: str) -> None:
        """Type into a field of the form."""
        self.edit()
        field = self.input(name)
        field.fill(value)
        field.press("Tab")

    def tab(self, title: str) -> None:
        """Turn to a page of the form's notebook."""
        self.form.locator(".nav-tabs .nav-link").filter(
            has_text=re.compile(f"^\\s*{title}")
        ).click()

    def save(self) -> None:
        """Save the form, and wait until it is."""
        self.page.locator(".o_form_button_save:visible").first.click()
        expect(self.page.locator(".o_form_button_save:visible")).to_have_count(0)

    def show_column(self, title: str) -> None:
        """Show a column of the list that is hidden at first."""
        self.page.locator(
            ".o_optional_columns_dropdown button, .o_optional_columns_dropdown_toggle"
        ).first.click()
        choices = self.page.locator(".dropdown-item:visible")
        choice = choices.filter(has_text=re.compile(f"^\\s*{title}\\s*$"))
        choice.locator("input").click()

    def search(self, text: str) -> None:
        """Search for a text as the search box does it at Enter."""
        box = self.page.locator(".o_searchview_input")
        box.fill(text)
        expect(self.page.locator(".o_searchview_autocomplete")).to_contain_text(text)
        box.press("Enter")
        expect(self.page.locator(".o_searchview_facet").last).to_contain_text(text)

    def show_all(self) -> None:
        """Take the filters away that the list came with."""
        facets = self.page.locator(".o_searchview_facet")
        for left in reversed(range(facets.count())):
            facets.last.locator(".o_facet_remove").click()
            expect(facets).to_have_count(left)

    def choose_filter(self, name: str) -> None:
        """Switch on a filter by its name."""
        self.page.locator(".o_searchview_dropdown_toggler, .o_filter_menu > button").first.click()
        self.page.locator(".o_filter_menu .o_menu_item").get_by_text(name, exact=True).click()
        self.page.keyboard.press("Escape")
        expect(self.page.locator(".o_searchview_facet").last).to_contain_text(name)
