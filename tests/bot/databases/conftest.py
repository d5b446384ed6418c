"""The company's business database, asked through its read-only role."""

import pytest
from pydantic import SecretStr

from tests.fakes.sales import sales_address


@pytest.fixture(scope="session")
def sales(postgres: str) -> SecretStr:
    """The address of the read-only role."""
    return SecretStr(sales_address(postgres))
