"""The sixth step: from a bulletin or a return notice to a Word document, by the office's templates (DESIGN §2)."""

from flows.steps.render.renderer import Renderer

__all__ = ["Renderer"]
