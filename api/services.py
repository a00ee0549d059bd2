"""The API's own services, made once from what the program hands over, and reached from every route."""

from dataclasses import dataclass
from typing import Annotated, cast

from anyio import CapacityLimiter
from fastapi import Depends
from starlette.requests import Request

from api.collaborators import Given
from api.directory import SensorDirectory
from api.explaining import Explainer
from api.keeper import StreamKeeper
from api.live import Hub
from api.passwords import Passwords
from api.recorder import EventLog
from api.sensor_news import SensorNews
from api.sessions import Sessions
from api.sign_in import ADDRESS_FREE_ATTEMPTS, ADDRESS_LONGEST_WAIT_S, SignIn, SignInLinks
from api.throttle import Throttle
from api.users import Users

#: Password checks at once: each holds a core and 19 MiB.
PASSWORD_CHECKS = 2

#: Photos decoded at once: each holds a core and up to 100 MiB.
PHOTO_CHECKS = 2

#: Files of the registry read or written at once: each holds a core, and others of them would only wait for it.
REGISTRY_FILES = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that routes use."""

    given: Given
    users: Users
    sessions: Sessions
    links: SignInLinks
    sign_in: SignIn
    directory: SensorDirectory
    explainer: Explainer
    hub: Hub
    recorder: EventLog
    sensor_news: SensorNews
    keeper: StreamKeeper
    password_checks: CapacityLimiter
    link_guesses: Throttle
    password_guesses: Throttle
    photo_checks: CapacityLimiter
    imports: CapacityLimiter
    started_ns: int


def services_from(given: Given) -> Services:
    """Return the services of one API."""
    settings, database, clock = given.settings, given.database, given.clock
    users = Users(database, given.passwords if given.passwords is not None else Passwords(), clock)
    sessions = Sessions(database, settings, clock)
    links = SignInLinks(database, sessions, settings, clock)
    directory = given.directory if given.directory is not None else SensorDirectory(given.registry)
    hub = Hub(clock, streams_per_user=settings.streams_per_user, backlog=settings.stream_backlog)
    return Services(
        given=given,
        users=users,
        sessions=sessions,
        keeper=StreamKeeper(hub, sessions),
        links=links,
        sign_in=SignIn(users, sessions, links, settings, clock),
        directory=directory,
        explainer=Explainer(given.feed),
        hub=hub,
        recorder=EventLog(given.live),
        sensor_news=SensorNews(hub, given.feed, directory, given.city),
        password_checks=CapacityLimiter(PASSWORD_CHECKS),
        password_guesses=Throttle(
            clock, free_attempts=settings.sign_in_free_attempts, longest_wait_s=settings.sign_in_longest_wait_s
        ),
        link_guesses=Throttle(clock, free_attempts=ADDRESS_FREE_ATTEMPTS, longest_wait_s=ADDRESS_LONGEST_WAIT_S),
        photo_checks=CapacityLimiter(PHOTO_CHECKS),
        imports=CapacityLimiter(REGISTRY_FILES),
        started_ns=clock.now_ns(),
    )


async def services_of(request: Request) -> Services:
    """Return the services of the API that serves this request."""
    return cast("Services", request.app.state.services)


#: A route's parameter.
Desk = Annotated[Services, Depends(services_of)]
