"""Pages made of templates: what people wrote is escaped in them, and they hold no style or script of their own."""

import json
from collections.abc import Mapping
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from bot.texts import HOME
from bot.web.words import words

PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HOME / "pages"), autoescape=True, undefined=jinja2.StrictUndefined
)


def rendered(name: str, locale: str, settings: Mapping[str, Any], **facts: Any) -> str:
    """A page of the templates in one locale, as HTML. `settings` is what its script is told."""
    script = json.dumps(settings, ensure_ascii=False).replace(
        "<", "\\u003c"
    )  # nothing in it can end the element it stands in
    return PAGES.get_template(name).render(
        words=words(locale), lang=locale.replace("_", "-"), settings=Markup(script), **facts
    )


def render(name: str, locale: str, settings: Mapping[str, Any], *, status: int = 200, **facts: Any) -> HTMLResponse:
    """The same as an answer that nobody keeps."""
    return HTMLResponse(rendered(name, locale, settings, **facts), status, headers={"Cache-Control": "no-store"})
