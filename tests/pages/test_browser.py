"""The portal in a browser: journeys by mouse and keyboard, with and without JavaScript, small and large, en and fr."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from kinds import PAGES
from seeing import Seen

from p4c_graph.languages import LANGUAGES
from p4c_graph.web.texts import texts

pytestmark = pytest.mark.slow
Visit = Callable[..., AbstractContextManager[Seen]]
WIDTHS = (360, 1280)


def serious(page: Any) -> list[str]:
    """What axe finds serious or critical, one line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{v['id']} ({v['impact']}): {v['nodes'][0]['html'][:120]}" for v in found
            if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_open_to_all_and_fits_a_phone(visit: Visit, name: str) -> None:
    """axe finds nothing serious, light and dark; at 360 px nothing sticks out, in French, which is longer."""
    with visit(locale="fr-FR") as seen:
        seen.go(PAGES[name])
        assert serious(seen.page) == []
        seen.page.emulate_media(color_scheme="dark")
        assert serious(seen.page) == []
        seen.page.set_viewport_size({"width": 360, "height": 740})
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_region_to_the_evidence_by_mouse(visit: Visit, language: str, width: int, javascript: bool) -> None:
    t = texts(language)
    with visit(width=width, javascript=javascript) as seen:
        page = seen.page
        seen.go(f"/{language}/")
        page.get_by_label(t("home.region")).fill("Provence-Alpes-Côte d'Azur")
        seen.follow(page.get_by_role("button", name=t("home.find")))
        assert page.locator(".ranking > li").count() == 10
        page.locator(".why summary").first.click()
        assert page.locator(".why table").first.is_visible()
        seen.follow(page.locator(".ranking h3 a").first)
        assert f"/{language}/doc/practice/" in seen.path
        seen.follow(page.locator(".cite").first)
        assert "#source-" in page.url
        seen.follow(page.locator(".sources li a").first)
        assert f"/{language}/doc/source/" in seen.path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_by_keyboard(visit: Visit, language: str) -> None:
    with visit() as seen:
        page = seen.page
        seen.go(f"/{language}/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "region"
        page.keyboard.type("DE11")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert seen.path.endswith("/match?region=DE11")
        page.locator(".why summary").first.focus()
        page.keyboard.press("Enter")
        assert page.locator(".why").first.get_attribute("open") is not None


def test_the_map_is_reached_and_left_by_keyboard(visit: Visit) -> None:
    with visit() as seen:
        page = seen.page
        seen.go("/doc/region/FRL0")
        page.locator("#map .skip").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('svg') !== null")
        name = page.evaluate("document.activeElement.querySelector('title').textContent")
        assert "similarity" in name
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert seen.path.startswith("/doc/region/")
        assert seen.path != "/doc/region/FRL0"
        seen.go("/doc/region/FRL0")
        page.locator("#map .skip").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**#map-end")


def test_a_slider_changes_the_address_and_the_ranking(visit: Visit) -> None:
    with visit() as seen:
        page = seen.page
        seen.go("/match?region=FRL0")
        page.locator("#w-capacity").focus()
        with page.expect_navigation():
            page.keyboard.press("End")
        assert "capacity=1" in seen.path
        assert page.locator(".ranking > li").count() == 10


def test_without_javascript_a_slider_waits_for_the_button(visit: Visit) -> None:
    with visit(javascript=False) as seen:
        page = seen.page
        seen.go("/match?region=FRL0")
        page.locator("#w-capacity").focus()
        page.keyboard.press("End")
        seen.follow(page.get_by_role("button", name="Rank"))
        assert "capacity=1" in seen.path


@pytest.mark.parametrize("width", WIDTHS)
def test_a_list_is_narrowed_and_widened(visit: Visit, width: int) -> None:
    with visit(width=width) as seen:
        page = seen.page
        seen.go("/practices")
        whole = page.get_by_role("status").inner_text()
        if width == 360:  # facets are folded on small screens
            page.locator(".facet summary").first.click()
        seen.follow(page.locator(".facet a").first)
        assert page.get_by_role("status").inner_text() != whole
        seen.follow(page.locator(".chosen .badge").first)
        assert page.get_by_role("status").inner_text() == whole
        seen.follow(page.get_by_role("link", name="Next"))
        assert seen.path.endswith("?page=2")


def test_the_language_is_switched_where_one_is(visit: Visit) -> None:
    with visit() as seen:
        seen.go("/match?region=MT00&order=expected")
        seen.follow(seen.page.locator(".languages a"))
        assert seen.path == "/fr/match?region=MT00&order=expected"
        assert seen.page.locator("html").get_attribute("lang") == "fr"


def test_a_wrong_name_leads_to_the_right_one(visit: Visit) -> None:
    with visit() as seen:
        seen.go("/match?region=Stutgart")
        seen.follow(seen.page.get_by_role("link", name="DE11 (Stuttgart)"))
        assert seen.path == "/match?region=DE11"


def test_a_portal_embeds_a_ranking(visit: Visit, server: str) -> None:
    with visit() as seen:
        seen.go("/embed/match?region=FRL0&limit=3")
        assert seen.page.locator(".ranking > li").count() == 3
        assert seen.page.locator("header.top").count() == 0


def test_what_a_static_copy_cannot_do_is_not_shown(visit: Visit) -> None:
    """There forms are hidden and links that lead nowhere have no address (``publish.files.relinked``)."""
    with visit() as seen:
        seen.go("/en/doc/region/FRL0")
        seen.page.evaluate("""() => {
            document.querySelectorAll('form').forEach(form => form.hidden = true)
            document.querySelectorAll('a.button').forEach(link => link.removeAttribute('href'))
        }""")
        assert not seen.page.locator("form:visible, a.button:visible").count()


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_the_whole_menu_is_in_sight(visit: Visit, language: str) -> None:
    with visit(width=360) as seen:
        seen.go(f"/{language}/")
        rights = seen.page.evaluate(
            "() => [...document.querySelectorAll('header.top nav a')].map(a => a.getBoundingClientRect().right)")
        assert len(rights) == 8
        assert max(rights) <= 360


def test_on_a_phone_no_field_of_a_table_is_out_of_sight(visit: Visit) -> None:
    for path in ("/en/compare?region=FRL0&with=ITC3", "/fr/doc/region/FRL0", "/en/queries/who-to-visit?region=FRL0",
                 "/fr/match?region=FRL0", "/fr/dataset"):
        with visit(width=360) as seen:
            seen.go(path)
            seen.page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            assert seen.page.locator("table.stack td[data-label]").count() > 20
            assert seen.page.evaluate("""() => Math.max(
                ...[...document.querySelectorAll('table.stack td')].map(cell => cell.getBoundingClientRect().right))
            """) <= 360
