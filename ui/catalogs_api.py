"""GET /v1/catalogs: what there is to talk about, for services that fill in filters or offer a choice."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from pydantic import Field as Documented

from agents.about import About
from retrieval.items import Field
from ui.guide import Guides
from ui.identity import needs


class CatalogOut(BaseModel):
    """One catalogue."""

    name: str
    noun: tuple[str, str] = Documented(description="What one item and several are called.")
    n_items: int
    build_id: str
    built_at: str
    fields: list[Field] = Documented(description="As filters name them.")


class CatalogsOut(BaseModel):
    """All catalogues of this server."""

    default: str = Documented(description="The one meant where a call names none.")
    catalogs: list[CatalogOut]
    notices: list[str] = Documented(description="New builds that could not be taken over, and why.")


def catalogs_router(guides: Guides) -> APIRouter:
    """Return the route."""
    router = APIRouter(dependencies=[Depends(needs("read"))])

    @router.get(
        "/v1/catalogs", summary="The catalogues, their fields and builds", dependencies=[Depends(needs("read"))]
    )
    def catalogs() -> CatalogsOut:
        shown = [_out(about) for about in guides.catalogs()]
        return CatalogsOut(default=guides.default, catalogs=shown, notices=guides.notices)

    return router


def _out(about: About) -> CatalogOut:
    return CatalogOut(
        name=about.name,
        noun=about.noun,
        n_items=about.n_items,
        build_id=about.build_id,
        built_at=about.built_at,
        fields=list(about.fields.values()),
    )
