import pytest

from city.errors import StoreUnavailable
from linkage.faults import faults_told
from linkage.leasing.lease import LeaseLost


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(StoreUnavailable("database", "it is away"), id="what is away is waited for"),
        pytest.param(LeaseLost("desk", 3), id="a turn that is over ends all of the desk's work"),
    ],
)
def test_what_is_expected_is_no_fault(error: Exception):
    with pytest.raises(type(error)) as raised, faults_told("admission"):
        raise error

    assert raised.value is error


def test_fault_is_to_be_tried_again_later():
    with pytest.raises(StoreUnavailable) as raised, faults_told("admission"):
        raise ZeroDivisionError

    assert (raised.value.store, raised.value.again_s) == ("admission", 5.0)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
