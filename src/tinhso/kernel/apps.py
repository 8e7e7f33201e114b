import msgspec
from django.apps import AppConfig
from django.conf import settings


class KernelConfig(AppConfig):
    """Comes last among the kernel's apps: when all models are there, the modules' manifests are read."""

    name = "tinhso.kernel"
    label = "kernel"

    def ready(self) -> None:
        from tinhso.kernel import manifest

        if not manifest.registry.modules:
            manifest.load(settings.TINHSO_MODULES)
        know_shapes()


def know_shapes(of: type[msgspec.Struct] = msgspec.Struct) -> set[type[msgspec.Struct]]:
    """Have the shape of every kind of typed value worked out before there are threads; returns those kinds.

    msgspec does it at the first use, and two threads that do so at the same moment crash the process."""
    known = set(of.__subclasses__())
    for one in tuple(known):
        msgspec.json.Decoder(one)
        known |= know_shapes(one)
    return known
