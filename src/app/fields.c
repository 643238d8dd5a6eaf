/* Fields of several kinds of documents: see fields.h. */
#include "config.h"

#include "app/fields.h"

const struct field field_proto = {
	.name = "proto", .title = "PROTO", .kind = VALUE_TEXT, .width = 5, .help = "Protocol."
};

const struct field field_state = {
	.name = "state", .title = "STATE", .kind = VALUE_STATE, .width = 12, .help = "State."
};

const struct field field_entered = FIELD_OF_COUNT(
	"entered", "ENTERED", "Sockets that came into the state from another one.");

const struct field field_left = FIELD_OF_COUNT(
	"left", "LEFT", "Sockets that went from the state to another one.");

const struct field field_local = {
	.name = "local", .title = "LOCAL", .kind = VALUE_ENDPOINT, .width = 21,
	.help = "Local address and port."
};

const struct field field_peer = {
	.name = "peer", .title = "PEER", .kind = VALUE_ENDPOINT, .width = 21,
	.help = "Address and port of the peer."
};

const struct field field_ipv4 = FIELD_OF_COUNT("ipv4", "IPV4", "Those of IPv4.");
const struct field field_ipv6 = FIELD_OF_COUNT("ipv6", "IPV6", "Those of IPv6.");
