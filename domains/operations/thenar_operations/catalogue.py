"""What is built from what: parts, transmissions with geometry versions, assemblies, the bill of materials."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Joint = Literal["wrist", "thumb", "fingers"]
JOINTS: Final[tuple[Joint, ...]] = ("wrist", "thumb", "fingers")
MODELS: Final = ("H1", "H2", "H2-Lite")
FIRST_DAY: Final = date(2024, 1, 1)
H2_LAUNCH: Final = date(2025, 2, 3)
LITE_LAUNCH: Final = date(2025, 9, 1)
H1_END_OF_SALE: Final = date(2026, 2, 2)


@dataclass(frozen=True)
class Part:
    """A purchased part; life is the mean of a traced part in weeks of average duty."""

    number: str
    description: str
    category: str
    price_eur: float
    weight_g: float
    life_weeks: float | None = None

    @property
    def traced(self) -> bool:
        """Say whether each hand's lot is recorded, which also makes the part a spare."""
        return self.life_weeks is not None


@dataclass(frozen=True)
class Transmission:
    """One geometry version of a joint's transmission, with the three traced parts it holds."""

    number: str
    kind: Literal["harmonic", "belt", "cable"]
    joint: Joint
    geometry: str
    gear_ratio: float
    backlash_arcmin: float
    tooth_width_mm: float | None
    rated_torque_nm: float
    parts: tuple[str, str, str]
    uses: tuple[tuple[str, date], ...]
    superseded_by: str | None = None
    superseded_on: date | None = None


@dataclass(frozen=True)
class Assembly:
    """An arm variant or an end effector with its parts and their quantities."""

    number: str
    kind: Literal["arm_variant", "end_effector"]
    name: str
    models: tuple[str, ...]
    figures: tuple[float, ...]
    released_on: date
    parts: tuple[tuple[str, int], ...]


TRACED: Final = (
    Part("HDG-1001", "Harmonic gear, wrist, geometry A", "harmonic_gear", 412.0, 310, 150),
    Part("HDG-1002", "Harmonic gear, wrist, geometry B", "harmonic_gear", 438.0, 315, 190),
    Part("HDG-2001", "Harmonic gear, wrist, geometry C", "harmonic_gear", 395.0, 280, 150),
    Part("HDG-2002", "Harmonic gear, wrist, geometry D", "harmonic_gear", 421.0, 285, 190),
    Part("HDG-2101", "Harmonic gear, thumb, geometry C", "harmonic_gear", 268.0, 120, 140),
    Part("BLT-1101", "Toothed belt, thumb, geometry A", "belt", 18.4, 22, 125),
    Part("BLT-1102", "Toothed belt, thumb, geometry B", "belt", 21.9, 24, 155),
    Part("BLT-3001", "Toothed belt, wrist, geometry E", "belt", 34.5, 61, 120),
    Part("BLT-3101", "Toothed belt, thumb, geometry E", "belt", 19.8, 21, 125),
    Part("TEN-1201", "Tendon set, fingers, geometry A", "tendon", 46.0, 38, 120),
    Part("TEN-1202", "Tendon set, fingers, geometry B", "tendon", 52.5, 40, 150),
    Part("TEN-2201", "Tendon set, fingers, geometry C", "tendon", 49.9, 36, 130),
    Part("TEN-2202", "Tendon set, fingers, geometry D", "tendon", 57.2, 37, 160),
    Part("BRG-1001", "Cross-roller bearing, wrist, H1", "bearing", 96.0, 140, 175),
    Part("BRG-1101", "Ball bearing set, thumb, H1", "bearing", 14.2, 18, 190),
    Part("BRG-1201", "Ball bearing set, fingers, H1", "bearing", 22.6, 26, 170),
    Part("BRG-2001", "Cross-roller bearing, wrist, H2", "bearing", 104.0, 128, 175),
    Part("BRG-2101", "Ball bearing set, thumb, H2", "bearing", 15.8, 16, 185),
    Part("BRG-2201", "Ball bearing set, fingers, H2", "bearing", 24.3, 24, 165),
    Part("MOT-1001", "Brushless motor, wrist, H1", "motor", 286.0, 240, 190),
    Part("MOT-1101", "Brushless motor, thumb, H1", "motor", 132.0, 85, 180),
    Part("MOT-1201", "Brushless motor set, fingers, H1", "motor", 318.0, 260, 170),
    Part("MOT-2001", "Brushless motor, wrist, H2", "motor", 298.0, 225, 200),
    Part("MOT-2101", "Brushless motor, thumb, H2", "motor", 141.0, 80, 185),
    Part("MOT-2201", "Brushless motor set, fingers, H2", "motor", 336.0, 245, 175),
)

_UNTRACED = (
    ("ENC", "encoder", "Absolute encoder", 58.0, 14.0, 4),
    ("HSG", "housing", "Housing", 74.0, 220.0, 8),
    ("PCB", "board", "Control board", 88.0, 35.0, 5),
    ("WIR", "wiring", "Wiring harness", 27.0, 60.0, 4),
    ("PAD", "pad", "Fingertip pad", 3.6, 4.0, 3),
    ("LNK", "link", "Finger link", 31.0, 48.0, 5),
    ("FST", "fastener", "Fastener", 0.18, 1.2, 6),
)
PARTS: Final = TRACED + tuple(
    Part(f"{prefix}-{4001 + n}", f"{text}, type {n + 1}", category, round(price * (1 + 0.13 * n), 2), weight + n)
    for prefix, category, text, price, weight, count in _UNTRACED
    for n in range(count)
)
PART_INDEX: Final = {part.number: at for at, part in enumerate(PARTS)}

_H1, _H2, _LITE = ("H1", FIRST_DAY), ("H2", H2_LAUNCH), ("H2-Lite", LITE_LAUNCH)
TRANSMISSIONS: Final = (
    Transmission(
        "TR-1001", "harmonic", "wrist", "A", 100, 1.6, 9.0, 28, ("HDG-1001", "BRG-1001", "MOT-1001"), (_H1,),
        "TR-1002", date(2024, 10, 7),
    ),
    Transmission(
        "TR-1002", "harmonic", "wrist", "B", 100, 1.3, 11.5, 31, ("HDG-1002", "BRG-1001", "MOT-1001"),
        (("H1", date(2024, 10, 7)),),
    ),
    Transmission(
        "TR-1101", "belt", "thumb", "A", 12.5, 9.0, 6.0, 5, ("BLT-1101", "BRG-1101", "MOT-1101"), (_H1,),
        "TR-1102", date(2025, 5, 5),
    ),
    Transmission(
        "TR-1102", "belt", "thumb", "B", 12.5, 7.5, 9.0, 6, ("BLT-1102", "BRG-1101", "MOT-1101"),
        (("H1", date(2025, 5, 5)),),
    ),
    Transmission(
        "TR-1201", "cable", "fingers", "A", 20, 14.0, None, 11, ("TEN-1201", "BRG-1201", "MOT-1201"), (_H1,),
        "TR-1202", date(2025, 3, 3),
    ),
    Transmission(
        "TR-1202", "cable", "fingers", "B", 20, 12.0, None, 12, ("TEN-1202", "BRG-1201", "MOT-1201"),
        (("H1", date(2025, 3, 3)),),
    ),
    Transmission(
        "TR-2001", "harmonic", "wrist", "C", 80, 1.4, 10.0, 33, ("HDG-2001", "BRG-2001", "MOT-2001"), (_H2,),
        "TR-2002", date(2025, 11, 3),
    ),
    Transmission(
        "TR-2002", "harmonic", "wrist", "D", 80, 1.1, 12.5, 36, ("HDG-2002", "BRG-2001", "MOT-2001"),
        (("H2", date(2025, 11, 3)),),
    ),
    Transmission("TR-2101", "harmonic", "thumb", "C", 50, 2.1, 5.5, 7, ("HDG-2101", "BRG-2101", "MOT-2101"), (_H2,)),
    Transmission(
        "TR-2201", "cable", "fingers", "C", 18, 11.0, None, 13, ("TEN-2201", "BRG-2201", "MOT-2201"), (_H2, _LITE),
        "TR-2202", date(2025, 12, 1),
    ),
    Transmission(
        "TR-2202", "cable", "fingers", "D", 18, 9.5, None, 14, ("TEN-2202", "BRG-2201", "MOT-2201"),
        (("H2", date(2025, 12, 1)), ("H2-Lite", date(2025, 12, 1))),
    ),
    Transmission("TR-3001", "belt", "wrist", "E", 60, 6.5, 14.0, 20, ("BLT-3001", "BRG-1001", "MOT-1001"), (_LITE,)),
    Transmission("TR-3101", "belt", "thumb", "E", 12.5, 8.0, 7.0, 5, ("BLT-3101", "BRG-1101", "MOT-2101"), (_LITE,)),
)  # fmt: skip

_FIXINGS = (("FST-4001", 12), ("FST-4002", 8))
ASSEMBLIES: Final = (
    Assembly("AV-01", "arm_variant", "Short arm", ("H1",), (520, 4.0, 5.1), FIRST_DAY,
             (("HSG-4001", 1), ("HSG-4002", 1), ("ENC-4001", 3), ("PCB-4001", 1), ("WIR-4001", 1), *_FIXINGS)),
    Assembly("AV-02", "arm_variant", "Long arm", ("H2",), (720, 5.5, 6.2), H2_LAUNCH,
             (("HSG-4003", 1), ("HSG-4004", 1), ("ENC-4002", 3), ("PCB-4002", 1), ("WIR-4002", 1), *_FIXINGS)),
    Assembly("AV-03", "arm_variant", "Light arm", ("H2-Lite",), (610, 3.0, 3.9), LITE_LAUNCH,
             (("HSG-4005", 1), ("HSG-4006", 1), ("ENC-4003", 3), ("PCB-4003", 1), ("WIR-4003", 1), *_FIXINGS)),
    Assembly("EE-01", "end_effector", "Five-finger hand", ("H1",), (5, 60, 92), FIRST_DAY,
             (("LNK-4001", 10), ("LNK-4002", 4), ("PAD-4001", 5), ("PCB-4004", 1), ("HSG-4007", 1), ("FST-4003", 20),
              ("FST-4004", 10))),
    Assembly("EE-02", "end_effector", "Four-finger hand", ("H2",), (4, 85, 104), H2_LAUNCH,
             (("LNK-4003", 8), ("LNK-4004", 4), ("PAD-4002", 4), ("PCB-4005", 1), ("HSG-4008", 1), ("FST-4005", 16),
              ("WIR-4004", 1))),
    Assembly("EE-03", "end_effector", "Three-finger gripper", ("H2-Lite",), (3, 45, 88), LITE_LAUNCH,
             (("LNK-4005", 6), ("PAD-4003", 3), ("PCB-4005", 1), ("HSG-4007", 1), ("ENC-4004", 1), ("FST-4006", 14))),
)  # fmt: skip


def transmissions_of(model: str, day: date) -> tuple[Transmission, ...]:
    """Return the transmissions that a model assembled on a day has, in the order of JOINTS."""
    fitting = [
        t
        for t in TRANSMISSIONS
        if any(model == m and since <= day for m, since in t.uses)
        and (t.superseded_on is None or day < t.superseded_on)
    ]
    return tuple(sorted(fitting, key=lambda t: JOINTS.index(t.joint)))


def superseded_parts() -> dict[str, tuple[str, date]]:
    """Return, for each part that assembly no longer uses, its successor and the day of the change."""
    by_number = {t.number: t for t in TRANSMISSIONS}
    return {
        t.parts[0]: (by_number[t.superseded_by].parts[0], t.superseded_on)
        for t in TRANSMISSIONS
        if t.superseded_by is not None and t.superseded_on is not None
    }
