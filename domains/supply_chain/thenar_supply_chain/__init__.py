"""Supply chain: what parts cost, who delivers them how well and how late, and what stock is frozen."""

from meshwright import Domain, models
from thenar_supply_chain.incoming_quality import incoming_quality
from thenar_supply_chain.installed_parts import installed_parts
from thenar_supply_chain.item_costs import item_costs
from thenar_supply_chain.lead_times import lead_times
from thenar_supply_chain.lots import lots
from thenar_supply_chain.part_failures import part_failures
from thenar_supply_chain.parts import parts
from thenar_supply_chain.spare_consumption import spare_consumption
from thenar_supply_chain.spare_part_forecast import judge, spare_part_forecast, spare_part_training
from thenar_supply_chain.stock import stock
from thenar_supply_chain.suppliers import suppliers
from thenar_supply_chain.traceability import traceability
from thenar_supply_chain.weekly_spare_demand import weekly_spare_demand

domain = Domain(
    name="supply_chain",
    owner="supply-planning",
    package=__name__,
    products=(
        parts,
        item_costs,
        suppliers,
        lots,
        lead_times,
        traceability,
        spare_consumption,
        weekly_spare_demand,
        installed_parts,
        part_failures,
        incoming_quality,
        stock,
        spare_part_forecast,
    ),
    consumers=(spare_part_training,),
    models=(models.Model(product=spare_part_forecast, training=spare_part_training, judge=judge),),
)
