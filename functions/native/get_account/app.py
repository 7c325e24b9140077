"""GET /v1/account: get the account, its limits and what it uses of them."""

from shared.dialects.native.account_responses import account_shown
from shared.dialects.native.dialect import NATIVE, READ_ACCOUNT
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.accounts.usage import get_usage
from shared.wiring.account_usage import account_counter, deployment_limits
from shared.wiring.api_keys import api_keys
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, READ_ACCOUNT)
def lambda_handler(_: Request, caller: Caller) -> Response:
    """Get the account of the caller."""
    return account_shown(get_usage(account_counter(), api_keys(), deployment_limits(), caller))
