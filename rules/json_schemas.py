"""JSON Schemas of the YAML files, for editors: what may stand where, and what it means.

They are made from the models that check the files, so that they can't say something else. A schema lets
through what only the whole file, or another file, can tell to be wrong.
"""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from config.organisations import Directory
from config.regimes import Regimes
from rules.condition import as_list
from rules.priority import Priority
from rules.rota import Rotas
from rules.schema import Rules

DIALECT = GenerateJsonSchema.schema_dialect
LIST_NAME: JsonSchemaValue = {"type": "string", "pattern": r"^\$"}
"""What may stand for a value in `routing.yaml`, where lists have names."""
SHORT_FORM = "_spelt_out"
"""The validator of models that are also written as the one value of their key `one_of`."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """The schema of each file, by the file's name without its ending."""
    models: dict[str, type[BaseModel]] = {
        "routing": Rules,
        "rotas": Rotas,
        "organisations": Directory,
        "clocks": Regimes,
    }
    return {name: _schema(name, model) for name, model in models.items()}


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    generator = _WithListNames if model is Rules else _ForEditors
    schema = model.model_json_schema(schema_generator=generator)
    return {"$schema": DIALECT, "title": f"{name}.yaml", **{k: v for k, v in schema.items() if k != "title"}}


class _ForEditors(GenerateJsonSchema):
    """Knows the short forms in which values may be written, and the checks of texts."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        function = schema["function"]["function"]
        inner = schema["schema"]
        if function is as_list:
            several = self.generate_inner(inner)
            return {"anyOf": [several["items"], several]}
        if inner["type"] == "model-fields" and getattr(function, "__name__", "") == SHORT_FORM:
            fields = {key: _without_default(field["schema"]) for key, field in inner["fields"].items()}
            alone = [field for key, field in fields.items() if key == "one_of" or field["type"] == "bool"]
            return {"anyOf": [*map(self.generate_inner, alone), self.generate_inner(inner)]}
        return super().function_before_schema(schema)

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        found = super().function_after_schema(schema)
        form = getattr(schema["function"]["function"], "form", None)
        if form is None or found.get("type") != "string" or schema["schema"].get("to_lower"):
            return found
        return {**found, "pattern": self.pattern(form)}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Unknown keys are refused of groups of keys only, not of short forms."""
        found = super().model_schema(schema)
        if "anyOf" in found and "additionalProperties" in found:
            closed = {"additionalProperties": found.pop("additionalProperties")}
            found["anyOf"] = [each | closed if "properties" in each else each for each in found["anyOf"]]
        return found

    def pattern(self, form: str) -> str:
        """The pattern of a whole text of this form."""
        return f"^(?:{form})$"


def _without_default(schema: core_schema.CoreSchema) -> core_schema.CoreSchema:
    return schema["schema"] if schema["type"] == "default" else schema


class _WithListNames(_ForEditors):
    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        found = super().enum_schema(schema)
        return found if schema["cls"] is Priority else {"anyOf": [found, LIST_NAME]}

    def pattern(self, form: str) -> str:
        return rf"^(?:{form}|\$.*)$"
