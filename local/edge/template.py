"""The synthesized assembly as CloudFormation would see it: resources, and references resolved to names."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Deployed = Callable[[str, str], str | None]
"""(stack name, logical id) → what a deployed parameter or resource is called, or None."""


class UnresolvableReference(Exception):
    """The template refers to something the local edge cannot name."""


@dataclass(frozen=True)
class Resource:
    """One resource of one stack."""

    stack: str
    logical_id: str
    type: str
    properties: Json


class Assembly:
    """Every stack of a `cdk.out`, with references resolved as AWS would after a deployment."""

    def __init__(
        self, templates: dict[str, Json], deployed: Deployed, region: str, account: str = "000000000000"
    ) -> None:
        self._templates = templates
        self._deployed = deployed
        self._pseudo = {
            "AWS::Region": region,
            "AWS::AccountId": account,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }

    @classmethod
    def read(cls, directory: Path, deployed: Deployed, region: str) -> "Assembly":
        """The assembly that `cdk synth` (or `python app.py`) left in `directory`."""
        manifest = json.loads((directory / "manifest.json").read_text())
        templates = {
            artifact["properties"].get("stackName", name): json.loads(
                (directory / artifact["properties"]["templateFile"]).read_text()
            )
            for name, artifact in manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        return cls(templates, deployed, region)

    def resources(self, kind: str) -> list[Resource]:
        """Every resource of a type such as `AWS::CloudFront::Distribution`."""
        return [
            Resource(stack, logical_id, kind, resource.get("Properties", {}))
            for stack, template in self._templates.items()
            for logical_id, resource in template.get("Resources", {}).items()
            if resource["Type"] == kind
        ]

    def resource(self, stack: str, reference: Any) -> Resource | None:
        """What a `Ref` or `Fn::GetAtt` in `stack` points to, or None when it is a plain value."""
        if not isinstance(reference, dict):
            return None
        logical_id = reference.get("Ref") or (reference.get("Fn::GetAtt") or [None])[0]
        if logical_id is not None and logical_id in self._templates[stack]["Resources"]:
            found = self._templates[stack]["Resources"][logical_id]
            return Resource(stack, logical_id, found["Type"], found.get("Properties", {}))
        if "Fn::ImportValue" in reference:
            return self.resource(*self._export(self.text(stack, reference["Fn::ImportValue"])))
        return None

    def resolve(self, stack: str, value: Any) -> Any:
        """`value` with every intrinsic function replaced by what it stands for."""
        if isinstance(value, list):
            return [self.resolve(stack, item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._intrinsic(stack, name, argument)
        return {key: self.resolve(stack, item) for key, item in value.items()}

    def text(self, stack: str, value: Any) -> str:
        """`resolve`, for where only a string makes sense."""
        return str(self.resolve(stack, value))

    def _intrinsic(self, stack: str, name: str, argument: Any) -> Any:
        match name:
            case "Ref":
                return self._ref(stack, argument)
            case "Fn::GetAtt":
                return self._attribute(stack, argument[0], argument[1])
            case "Fn::Join":
                return argument[0].join(str(item) for item in self.resolve(stack, argument[1]))
            case "Fn::Split":
                return self.text(stack, argument[1]).split(argument[0])
            case "Fn::Select":
                return self.resolve(stack, argument[1])[int(argument[0])]
            case "Fn::Sub":
                return self._substitute(stack, argument)
            case "Fn::ImportValue":
                exporter, exported = self._export(self.text(stack, argument))
                return self.resolve(exporter, exported)
        raise UnresolvableReference(f"{name} in stack {stack}")

    def _ref(self, stack: str, name: str) -> str:
        if name == "AWS::StackName":
            return stack
        if name in self._pseudo:
            return self._pseudo[name]
        value = self._deployed(stack, name)
        if value is None:
            value = self._templates[stack].get("Parameters", {}).get(name, {}).get("Default")
        if value is None:
            raise UnresolvableReference(f"{name} in stack {stack}")
        return str(value)

    def _attribute(self, stack: str, logical_id: str, attribute: str) -> str:
        kind = self._templates[stack]["Resources"][logical_id]["Type"]
        region = self._pseudo["AWS::Region"]
        physical = self._ref(stack, logical_id)
        match kind, attribute:
            case "AWS::S3::Bucket", "RegionalDomainName":
                return f"{physical}.s3.{region}.amazonaws.com"
            case "AWS::S3::Bucket", "DomainName":
                return f"{physical}.s3.amazonaws.com"
            case "AWS::ApiGatewayV2::Api", "ApiEndpoint":
                return f"https://{physical}.execute-api.{region}.amazonaws.com"
            case "AWS::ApiGatewayV2::Api", "ApiId":
                return physical
        raise UnresolvableReference(f"{attribute} of {logical_id} ({kind}) in stack {stack}")

    def _substitute(self, stack: str, argument: Any) -> str:
        template, names = argument if isinstance(argument, list) else (argument, {})

        def value(found: re.Match[str]) -> str:
            name = found.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in names:
                return self.text(stack, names[name])
            logical_id, dot, attribute = name.partition(".")
            return self._attribute(stack, logical_id, attribute) if dot else self._ref(stack, name)

        return re.sub(r"\$\{([^}]+)\}", value, template)

    def _export(self, name: str) -> tuple[str, Any]:
        for stack, template in self._templates.items():
            for output in template.get("Outputs", {}).values():
                if "Export" in output and self.text(stack, output["Export"]["Name"]) == name:
                    return stack, output["Value"]
        raise UnresolvableReference(f"the export {name}")
