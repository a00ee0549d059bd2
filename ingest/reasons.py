"""Why a message is put into quarantine: one word each, for counters, screens and filters."""

from enum import StrEnum


class Reason(StrEnum):
    """Every reason there is."""

    UNKNOWN_TOPIC = "unknown_topic"  #: no route claims the topic
    BAD_TOPIC = "bad_topic"  #: not UTF-8, or a sensor in it that no registry could hold
    TOO_LARGE = "too_large"  #: more bytes than any honest sensor sends
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"  #: nested beyond any honest document
    BAD_NUMBER = "bad_number"  #: NaN, infinite, or beyond what a float holds
    NOT_LINE_PROTOCOL = "not_line_protocol"
    NOT_XML = "not_xml"  #: no XML, or with a document type, or beyond the bounds of a document
    NOT_CBOR = "not_cbor"
    NOT_PROTOBUF = "not_protobuf"
    NOT_HJ212 = "not_hj212"  #: no frame of HJ 212, or one that is cut short
    BAD_CHECKSUM = "bad_checksum"  #: bytes were changed on the way
    ENCRYPTED = "encrypted"  #: data that only its receiver can read
    NEEDS_BIRTH = "needs_birth"  #: it names its values by what an earlier message said, and that never came
    WRONG_SHAPE = "wrong_shape"  #: well-formed, but not what this family sends
    NO_SENSOR = "no_sensor"  #: neither topic nor body says whose message it is
    BAD_NAME = "bad_name"  #: a sensor or quantity whose name no registry could hold
    TOO_MANY_NAMES = "too_many_names"  #: ever new sensors or quantities: a flood, not a city
    UNRECOGNISED = "unrecognised"  #: routed to be recognised by its body, and it is none that we know
    DECODER_FAILED = "decoder_failed"  #: our own mistake, logged with its traceback
