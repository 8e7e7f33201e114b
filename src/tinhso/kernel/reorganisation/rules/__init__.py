"""Plans of reorganisation: what they say, whether they can be carried out, and where each thing goes."""

from tinhso.kernel.reorganisation.rules.checking import Problem, problems
from tinhso.kernel.reorganisation.rules.plans import Founded, Kind, Part, Plan, Step, Way, parse, to_json
from tinhso.kernel.reorganisation.rules.routes import Route, Routes, Traits, routes
from tinhso.kernel.reorganisation.rules.states import MOVED, MOVED_BACK, Act, Permission, State, may_follow

__all__ = [
    "MOVED",
    "MOVED_BACK",
    "Act",
    "Founded",
    "Kind",
    "Part",
    "Permission",
    "Plan",
    "Problem",
    "Route",
    "Routes",
    "State",
    "Step",
    "Traits",
    "Way",
    "may_follow",
    "parse",
    "problems",
    "routes",
    "to_json",
]
