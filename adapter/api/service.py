"""What every request needs: the configuration, the pipeline and what the study's maps can make; made once a
worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from adapter.api.config import Config
from adapter.api.failure import failure, unsupported
from adapter.intake.desk import Desk
from adapter.intake.readings import Readings
from adapter.pipeline import Pipeline
from adapter.store.store import Store


@dataclass(frozen=True)
class Service:
    """One study, served."""

    config: Config
    pipeline: Pipeline

    @property
    def desk(self) -> Desk:
        """The study at work."""
        return self.pipeline.desk

    @property
    def store(self) -> Store:
        """Where it is kept."""
        return self.pipeline.store

    @property
    def zone(self) -> str:
        """The offset of the study's days."""
        return self.desk.study.zone

    @property
    def readings(self) -> Readings:
        """What the resources of this request say, each judged and read once."""
        if "readings" not in g:
            g.readings = Readings(self.desk)
        found: Readings = g.readings
        return found

    def known_type(self, type_: str) -> str:
        """The resource type, if this service has such resources; failure 404 otherwise."""
        if type_ not in self.desk.types:
            raise unsupported(f"This server has no {type_[:60]}: it has {', '.join(self.desk.types)}.", status=404)
        return type_

    def known_form(self, form: str) -> str:
        """The form's id, if the study has it; failure 404 otherwise."""
        if form not in self.desk.forms:
            raise failure("not-found", f"This study has no form {form[:60]}: it has {', '.join(self.desk.forms)}.")
        return form


def service() -> Service:
    """The service of the application that answers this request."""
    return cast(Service, current_app.extensions["crfhir"])
