"""Write what was inferred as Python: a source, a contract, and the line that leads from one to the other."""

from meshwright.infer.inferred import Inferred, InferredColumn, Kind
from meshwright.infer.text import WIDTH, block, camel, format_text, quoted


def render_source(inferred: Inferred, class_name: str, source_name: str) -> str:
    """Write the `Source` class, with the classes of nested values above it."""
    arguments = ["Source", f"name={quoted(source_name)}"]
    if (written := format_text(inferred.format)) != "Csv()":
        arguments.append(f"format={written}")
    lines = [block(f"class {class_name}", "()", arguments, ":")]
    lines.append(f'    """What {inferred.file} holds."""\n'.replace("\\", "/"))
    lines += [_attribute(c, class_name, contract=False) for c in inferred.columns]
    return "\n\n\n".join([*nested_classes(inferred, class_name), "\n".join(lines)]) + "\n"


def render_contract(inferred: Inferred, class_name: str, product: str, source_class: str) -> str:
    """Write the `Contract` class of version 1.0.0; nested values have the classes of the source."""
    arguments = ["Contract", f"id={quoted(product)}", 'version="1.0.0"', 'on_fail="quarantine"']
    one = " and ".join(inferred.key)
    lines = [block(f"class {class_name}", "()", arguments, ":")]
    lines.append(f'    """One row per {one}."""\n' if one else '    """One row per row of the source."""\n')
    lines += [_attribute(c, source_class, contract=True) for c in inferred.columns if c.publishable]
    return "\n".join(lines) + "\n"


def render_return(inferred: Inferred, class_name: str, frame: str) -> str:
    """Write the transform's last line: rename what the file names otherwise, and conform."""
    renamed = [(c.source_name, c.name) for c in inferred.columns if c.source_name != c.name]
    if not renamed:
        return f"    return {class_name}.conform({frame})\n"
    pairs = [f"{quoted(old)}: {quoted(new)}" for old, new in renamed]
    one = f"    return {class_name}.conform({frame}.rename({{{', '.join(pairs)}}}))"
    if len(one) <= WIDTH:
        return one + "\n"
    inside = "".join(f"        {pair},\n" for pair in pairs)
    return f"    names = {{\n{inside}    }}\n    return {class_name}.conform({frame}.rename(names))\n"


def nested_classes(inferred: Inferred, class_name: str) -> list[str]:
    """Write the classes of nested values, the innermost first."""
    return [text for c in inferred.columns for text in _struct_classes(c.kind, class_name + camel(c.name))]


def _struct_classes(kind: Kind, name: str) -> list[str]:
    if kind.item:
        return _struct_classes(kind.item, name)
    if not kind.fields:
        return []
    inner = [text for f in kind.fields for text in _struct_classes(f.kind, name + camel(f.name))]
    lines = [f"class {name}(Schema):", f'    """A part of {name}."""\n'.replace(f"of {name}", "of a row")]
    return [*inner, "\n".join([*lines, *(_attribute(f, name, contract=False) for f in kind.fields)])]


def _attribute(column: InferredColumn, class_name: str, *, contract: bool) -> str:
    head, null = f"    {column.name}: ", " | None" if column.nullable else ""
    marks = marks_of(column, contract=contract)
    if not (column.values and contract):
        type_ = _type(column.kind, class_name + camel(column.name)) + null
        return block(head + "Annotated", "[]", [type_, *marks], indent=4) if marks else head + type_
    words = [quoted(v) for v in column.values]
    if not marks:
        return block(head + "Literal", "[]", words, null, indent=4)
    vocabulary = block(" " * 8 + "Literal", "[]", words, null, indent=8).lstrip()
    return block(head + "Annotated", "[]", [vocabulary, *marks], indent=4)


def _type(kind: Kind, name: str) -> str:
    if kind.item:
        return f"list[{_type(kind.item, name)}{' | None' if kind.item_nullable else ''}]"
    return name if kind.fields else kind.name


def marks_of(column: InferredColumn, *, contract: bool) -> list[str]:
    """Write the marks of a column in its source or its contract."""
    kind, found = column.kind, list[str]()
    if not contract and column.source_name != column.name:
        # The comma behind it counts.
        found.append(block(" " * 8 + "Column", "()", [quoted(column.source_name)], ",", indent=8).strip()[:-1])
    if contract and column.key:
        found.append("Key()")
    if kind.decimals:
        found.append(f"Decimals({kind.decimals[0]}, {kind.decimals[1]})")
    if kind.allow_nan:
        found.append("AllowInfNan()")
    if not contract and kind.date_format:
        found.append(f"DateFormat({quoted(kind.date_format)})")
    if not contract and kind.number_format:
        found.append(f"Number({_arguments(kind.number_format)})")
    if contract and column.at_least is not None:
        found.append(f"Ge({column.at_least})")
    if column.personal:
        family, _, rest = column.personal.name.partition(".")
        found.append(f"Pii({quoted(rest)})" if rest else f"Class({quoted(family)})")
    return found


def _arguments(written: object) -> str:
    values = {n: getattr(written, n) for n in ("prefix", "suffix", "thousands")}
    decimal = getattr(written, "decimal", ".")
    given = [f"{n}={quoted(v)}" for n, v in values.items() if v]
    return ", ".join([*given, *([f"decimal={quoted(decimal)}"] if decimal != "." else [])])
