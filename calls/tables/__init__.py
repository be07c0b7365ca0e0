"""Tables of calls, recordings, transcripts, work and connections, a module per topic.

In: nothing. Out: all mapped classes of this package, on the `Base` of `calls.columns`; declarations without logic.
"""

from calls.tables.call_log import Call, CallLeg, CallTransfer
from calls.tables.erased import ErasedCall
from calls.tables.fixity import RecordingFixity
from calls.tables.links import LinkWindow, PbxHeartbeat, ReconcileCursor
from calls.tables.recordings import PeakCache, Recording, RecordingCheck, RecordingFile
from calls.tables.speech_acts import SpeechAct, UnderstoodTranscript
from calls.tables.spoken_words import SpokenWord
from calls.tables.transcripts import Transcript, Utterance, UtteranceCorrection, VocabularyWord
from calls.tables.work import FeedEvent, Job

__all__ = [
    "Call",
    "CallLeg",
    "CallTransfer",
    "ErasedCall",
    "FeedEvent",
    "Job",
    "LinkWindow",
    "PbxHeartbeat",
    "PeakCache",
    "ReconcileCursor",
    "Recording",
    "RecordingCheck",
    "RecordingFile",
    "RecordingFixity",
    "SpeechAct",
    "SpokenWord",
    "Transcript",
    "UnderstoodTranscript",
    "Utterance",
    "UtteranceCorrection",
    "VocabularyWord",
]
