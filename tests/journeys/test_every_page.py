"""Every page in light and dark on a phone and a desk: nothing that axe or the console complains of, nothing wider than the screen."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import get_resolver, resolve

from communities.access.viewer import viewer_for
from communities.members.guidelines import write_guidelines
from tests.journeys.town import Town, built, members_pages, owners_pages, visitors_pages

browser_test = pytest.mark.browser
pytestmark = pytest.mark.django_db(transaction=True)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# A sandboxed frame is looked at as a page of its own. Between light and dark nothing changes but colours.
COLOURS = {"color-contrast": "[data-new-look]", "link-in-text-block": "a[href][data-new-look]"}
RULES = {"light": {"runOnly": LEVELS}, "dark": {"runOnly": {"type": "rule", "values": list(COLOURS)}}}
ONLY_NEW_LOOKS = {"rules": [{"id": name, "selector": selector} for name, selector in COLOURS.items()]}
# To and fro, so that a page is as rarely laid out anew as can be.
WIDTHS = {"light": (360, 1280), "dark": (1280, 360)}
HOW = {"iframes": False, "resultTypes": ["violations"]}
# Not pages: machines read them, or they answer with another page, a part of one, or a file.
NO_PAGES = {
    "healthz", "readyz", "metrics", "original", "size", "html", "face", "look", "short", "seen", "card",
    "card_of_place", "robots", "sitemap", "sitemap_fronts", "sitemap_block", "atom", "rss", "atom_of_all",
    "rss_of_all", "start", "shown", "save", "discard", "unpublish", "upload", "describe", "preview_raw", "grant",
    "caught_up", "suggestions", "first_steps", "uses", "state", "price", "end_price", "benefit", "end_benefit",
    "deliver", "give", "take_back", "decide", "revoke", "withdraw", "archive_offer", "statement_file", "bill", "given",
    "data_file", "stay",
    "end", "end_session", "role", "end_block", "mutes", "end_mute", "letter",
    "account_set_password", "account_confirm_login_code", "mfa_authenticate", "mfa_reauthenticate",
    "comment", "close", "close_room", "read", "webhook", "portal", "checkout", "paid", "change", "stop", "resume", "receipt",
    "write_in_topic", "read_topic", "files",
    "mfa_reauthenticate_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "mfa_login_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "openid_connect_login", "openid_connect_callback", "socialaccount_login_error", "socialaccount_signup", None,
}  # fmt: skip


# What reaches beyond the screen where nothing is meant to.
WIDEST = """[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .filter(one => !one.closest('svg, .slides'))
    .map(one => one.outerHTML.slice(0, 120)).slice(0, 4).join(' | ')"""


# Colours take most of the time, and one look of a text is the same on every page: its own style, all that lies behind it, and what
# is lifted out of the flow around it. Marks what has a look that was not judged yet, and says which looks those are.
NEW_LOOKS = """judged => {
    const known = new Set(judged.split(' ')), chains = new Map([[null, 0]]), fresh = new Set();
    const mix = (parts, seed) => {
        let a = 0xdeadbeef ^ seed, b = 0x41c6ce57 ^ seed;
        for (const one of parts.join('|')) {
            a = Math.imul(a ^ one.codePointAt(0), 2654435761);
            b = Math.imul(b ^ one.codePointAt(0), 1597334677);
        }
        return 4294967296 * (2097151 & b) + (a >>> 0);
    };
    const chain = one => {
        if (!chains.has(one)) {
            const s = getComputedStyle(one), lifted = s.position === 'static' ? '' : s.position + one.className;
            const own = [s.color, s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode, lifted];
            chains.set(one, mix([...own, chain(one.parentElement)], 1));
        }
        return chains.get(one);
    };
    for (const one of document.body.querySelectorAll('*')) {
        const speaks = [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!(speaks || one.matches('input, select, textarea')) || !one.getClientRects().length) continue;
        const s = getComputedStyle(one);
        const own = [s.fontSize, s.fontWeight, s.textDecorationLine, s.textShadow, one.className, one.tagName, one.disabled];
        const look = String(mix([...own, chain(one)], 2));
        one.toggleAttribute('data-new-look', !known.has(look));
        if (!known.has(look)) fresh.add(look);
    }
    return [...fresh].join(' ');
}"""


@pytest.fixture
def town(demo, owner, member, insider, outsider, publish, settings) -> Town:
    settings.DEMO = True
    people = {"owner": owner, "member": member, "outsider": outsider, "insider": insider}
    return built(demo, people, publish, lambda user: viewer_for(user, demo))


class Look:
    """One tab that goes from page to page and keeps what was wrong there. looks: what was judged by any of them."""

    looks: ClassVar[set[str]] = set()

    def __init__(self, page: Any) -> None:
        self.page, self.wrong, self.said = page, [], []
        self.script = Axe().axe_script
        page.on("console", self._hear)
        page.on("pageerror", lambda problem: self.said.append(str(problem)))

    def _hear(self, message: Any) -> None:
        # The server of these tests has no socket; tests/communities/live has one.
        expected = message.text.startswith(("Blocked script execution", "WebSocket connection to")) or (
            "the server responded with a status" in message.text and message.location["url"] == self.page.url
        )
        if message.type in ("error", "warning") and not expected:
            self.said.append(message.text)

    def visit(self, address: str, status: int = 200) -> None:
        answer = self.page.goto(address)
        if answer.status != status:
            self.wrong.append(f"{address}: {answer.status}")
        self.judge(address)

    def judge(self, where: str) -> None:
        self.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        self.page.evaluate(self.script)
        self.page.evaluate("rules => axe.configure(rules)", ONLY_NEW_LOOKS)
        for scheme, widths in WIDTHS.items():
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width in widths:
                self.page.set_viewport_size({"width": width, "height": 900})
                over = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
                here = f"{where} {scheme} {width}"
                self.wrong += [f"{here}: {over} px too wide by {self.page.evaluate(WIDEST)}"] if over > 0 else []
                fresh = self.page.evaluate(NEW_LOOKS, " ".join(self.looks))
                found = self._axe(RULES[scheme] | HOW) if fresh or scheme == "light" else []
                self.looks.update(fresh.split())
                self.wrong += [f"{here}: {one['id']} {node['target']}" for one in found for node in one["nodes"][:3]]
        self.wrong += [f"{where}: {text}" for text in self.said]
        self.said.clear()

    def _axe(self, rules: dict[str, Any]) -> list[Any]:
        found: list[Any] = self.page.evaluate("rules => axe.run(rules).then(all => all.violations)", rules)
        return found


def looked_at(look: Look, pages: Iterable[str]) -> None:
    for address in dict.fromkeys(pages):
        look.visit(address)


def signed_in(page: Any, user: Any, client_of: Callable[[Any], Any], live_server: Any) -> Any:
    cookie = client_of(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page


@browser_test
def test_what_a_visitor_meets(town, browse):
    look = Look(browse())
    looked_at(look, visitors_pages(town))
    look.visit("/c/demo/nowhere/", 404)
    look.visit(town.file, 403)
    look.page.goto("/accounts/login/")
    look.page.fill("[name=login]", "nobody@test.example")
    look.page.fill("[name=password]", "not the right one")
    look.page.press("[name=password]", "Enter")
    look.page.locator("[role=alert], .errors").first.wait_for()
    look.judge("sign-in refused")
    look.page.goto("/accounts/signup/")
    look.page.fill("[name=email]", "new@test.example")
    look.page.fill("[name=password1]", "short")
    look.page.press("[name=password1]", "Enter")
    look.page.locator(".errors").first.wait_for()
    look.judge("sign-up refused")
    assert "\n".join(look.wrong) == ""


@browser_test
def test_what_a_member_meets(town, browse, client_of, live_server):
    look = Look(signed_in(browse(), town.people["member"], client_of, live_server))
    looked_at(look, members_pages(town))
    look.page.goto("/me/")
    look.page.fill("[name=handle]", "?")
    look.page.press("[name=handle]", "Enter")
    look.page.locator(".errors").first.wait_for()
    look.judge("settings refused")
    other = Look(signed_in(browse(), town.people["outsider"], client_of, live_server))
    looked_at(other, ["/c/demo/", town.posts["locked"].url, "/c/demo/join/", "/i/open/"])
    other.page.goto("/c/demo/join/")
    other.page.get_by_role("button", name="Ask to join").click()
    other.page.locator(".errors").first.wait_for()
    other.judge("door refused")
    look.wrong += other.wrong
    for name in ("waiting", "lining", "refused"):
        one = Look(signed_in(browse(), town.people[name], client_of, live_server))
        looked_at(one, ["/c/demo/join/"])
        look.wrong += one.wrong
    write_guidelines(viewer_for(town.people["owner"], town.place), community=town.place, source="Be kinder.")
    looked_at(look, ["/c/demo/", "/c/demo/guidelines/"])
    look.page.get_by_role("button", name="I agree").click()
    look.page.locator(".errors").first.wait_for()
    look.judge("guidelines refused")
    assert "\n".join(look.wrong) == ""


@browser_test
def test_what_an_owner_meets(town, browse):
    look = Look(browse(town.people["owner"]))
    look.said.clear()
    looked_at(look, owners_pages(town))
    page = look.page
    for menu in (".topbar .menu summary", ".bottombar summary"):
        page.goto("/c/demo/")
        page.set_viewport_size({"width": 360, "height": 900})
        page.locator(menu).click()
        look.judge(f"with {menu} open")
    page.goto("/c/demo/write/")
    page.check("input[name=kind][value=offer]", force=True)
    page.fill("#id_opens", "2020-01-01T10:00")
    page.get_by_role("button", name="Schedule").click()
    page.get_by_text("Saved, but not out yet").wait_for()
    look.judge("write refused")
    for address, box in (("look/", "tagline"), ("spaces/new/", "name"), ("steps/new/", "name")):
        page.goto(f"/c/demo/studio/{address}")
        page.eval_on_selector(f"[name={box}]", "box => { box.required = false; box.removeAttribute('maxlength'); }")
        page.fill(f"[name={box}]", "x" * 500)
        page.press(f"[name={box}]", "Enter")
        page.locator(".errors").first.wait_for()
        look.judge(f"{address} refused")
    assert "\n".join(look.wrong) == ""


@browser_test
def test_a_pale_word_is_seen_on_whichever_page_and_screen_it_stands(town, browse):
    """The judge itself: what looks as it did before is passed over, and nothing else."""
    look = Look(browse())
    look.visit("/c/demo/")
    assert look.wrong == []
    pale = """screen => {
        const one = document.createElement('p'), sheet = new CSSStyleSheet();
        one.id = one.textContent = 'pale';
        sheet.replaceSync(`#pale { display: none; color: #ccc; background: #fff } @media ${screen} { #pale { display: block } }`);
        document.adoptedStyleSheets.push(sheet);
        document.querySelector('main').append(one);
    }"""
    for screen, where in (
        ("(width < 500px)", ["light 360", "dark 360"]),
        ("(width > 500px) and (prefers-color-scheme: dark)", ["dark 1280"]),
    ):
        look.page.goto("/c/demo/people/")
        look.page.evaluate(pale, screen)
        look.judge("here")
        assert look.wrong == [f"here {one}: color-contrast ['#pale']" for one in where]
        look.wrong.clear()
        Look.looks.clear()


def test_no_page_is_left_out(town):
    lists = (visitors_pages, members_pages, owners_pages)
    visited = {resolve(urlsplit(address).path).url_name for pages in lists for address in pages(town)}

    def names(patterns: Iterable[Any]) -> Iterable[str]:
        for pattern in patterns:
            if getattr(pattern, "app_name", "") == "admin":
                continue
            yield from names(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern.name]

    assert set(names(get_resolver().url_patterns)) - NO_PAGES - visited == set()
