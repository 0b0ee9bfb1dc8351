"""Losses of torch's trainings with nets for sequences on the embedded digits, on one thread."""
from sequence_nets import losses
from trainings import record

record(__file__, losses, {"RowLstm": 100, "RowGru": 100, "CharTransformer": 100})
