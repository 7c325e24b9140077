"""Prints what `sam local` sets for each function; run in the environment of SAM itself."""

import importlib
import json
import sys


def main(template: str, endpoint: str) -> None:
    """Print the variables by function, with a table's endpoint as the parameter."""
    stacks = importlib.import_module("samcli.lib.providers.sam_stack_provider")
    functions = importlib.import_module("samcli.lib.providers.sam_function_provider")
    variables = importlib.import_module("samcli.local.lambdafn.env_vars")
    parameters = {"TableEndpoint": endpoint}
    read, _ = stacks.SamLocalStackProvider.get_stacks(template, parameter_overrides=parameters)
    resolved = {
        function.name: variables.EnvironmentVariables(
            variables=(function.environment or {}).get("Variables"), function_handler="app"
        ).resolve()
        for function in functions.SamFunctionProvider(read).get_all()
    }
    print(json.dumps(resolved))


if __name__ == "__main__":
    main(*sys.argv[1:])
