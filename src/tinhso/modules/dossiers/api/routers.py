"""The routers that the routes stand on."""

from ninja import Router

router = Router()
lookup = Router()
