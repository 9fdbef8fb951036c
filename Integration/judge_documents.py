"""Judges the OpenAPI document and answers by it; run by the interpreter that scripts/peers made.

    judge_documents.py openapi FOLDER    openapi.json is valid, and each NAME.json, {"operation", "answer"}, is as it says
    judge_documents.py openmetrics FILE  the metrics parse; prints the names of their families
"""
import json
import pathlib
import sys


def judge_openapi(folder):
    import jsonschema
    import openapi_spec_validator
    document = json.loads((folder / "openapi.json").read_text(encoding="utf-8"))
    openapi_spec_validator.validate(document)
    for path in sorted(folder.glob("*.answer")):
        case = json.loads(path.read_text(encoding="utf-8"))
        method, route = case["operation"].split(" ")
        responses = document["paths"][route][method.lower()]["responses"]
        content = responses[str(case["status"])]["content"]["application/json"]["schema"]
        # A field that nobody documented is a mistake here, though clients must live with it.
        closed = json.loads(json.dumps(document["components"]))
        for schema in closed["schemas"].values():
            if "properties" in schema:
                schema["additionalProperties"] = False
        jsonschema.Draft202012Validator({**content, "components": closed}).validate(case["answer"])
        print(case["operation"])


def judge_openmetrics(path):
    from prometheus_client.openmetrics import parser
    for family in parser.text_string_to_metric_families(path.read_text(encoding="utf-8")):
        print(family.name, family.type, len(family.samples))


if __name__ == "__main__":
    {"openapi": judge_openapi, "openmetrics": judge_openmetrics}[sys.argv[1]](pathlib.Path(sys.argv[2]))
