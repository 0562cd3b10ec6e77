"""OpenFisca-Core: the formula as a variable of a rule system. It computes in single precision, one
thread, and keeps its results, which each round throws away first."""

import sys

import numpy as np
from openfisca_core.entities import Entity, build_entity
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from peer import COLUMNS, serve, whole_array

records = int(sys.argv[1])
PERIOD = "2023-06"

plant = build_entity(key="plant", plural="plants", label="A plant", is_person=True)


def declared(name):
    return type(
        name,
        (Variable,),
        {"value_type": float, "entity": plant, "definition_period": MONTH, "label": name},
    )


class carbon_as_received(Variable):
    value_type = float
    entity = plant
    definition_period = MONTH
    label = "Carbon content as received, rounded to 4 places"

    def formula(plants, period):
        carbon = plants("ncv", period) * plants("carbon_content", period)
        return np.floor(carbon * np.float32(1e4) + np.float32(0.5)) / np.float32(1e4)


class emission(Variable):
    value_type = float
    entity = plant
    definition_period = MONTH
    label = "Emission from combustion, rounded to 2 places"

    def formula(plants, period):
        burned = plants("consumption", period) * plants("carbon_as_received", period)
        exact = burned * plants("oxidation", period) * np.float32(44 / 12)
        return np.floor(exact * np.float32(100) + np.float32(0.5)) / np.float32(100)


system = TaxBenefitSystem([plant])
for name, *_ in COLUMNS:
    system.add_variable(declared(name))
system.add_variable(carbon_as_received)
system.add_variable(emission)

simulation = SimulationBuilder().build_default_simulation(system, count=records)
for index, (name, places, _, _) in enumerate(COLUMNS):
    column = (whole_array(index + 1, records) / 10.0**places).astype(np.float32)
    simulation.set_input(name, PERIOD, column)


def once():
    simulation.delete_arrays("carbon_as_received")
    simulation.delete_arrays("emission")
    return simulation.calculate("emission", PERIOD)


serve(
    "openfisca-core float32, 1 thread",
    records,
    once,
    lambda count: np.rint(once()[:count].astype(np.float64) * 100),
)
