/*
 * The tables of a recording: one SQLite file, described in connstate-recording(5).
 *
 * Times are milliseconds since the epoch, by the wall clock.  A socket's stay in one
 * state is a dwell.  Dwells are found by time through their level: level N holds those
 * that lasted less than 2^N ms (and not less than half of it), so that whatever was
 * there at a moment began within 2^N ms before it: one short range of the index per
 * level, however long the recording is.  A dwell that goes on has LEVEL_OPEN.
 *
 * A socket that no poll saw, whose end an event told, has one dwell in CLOSED of no
 * length (level 0), at the time of the event: it is found by time as the others are,
 * and was there at no moment.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "model/proto.h"

#include <stdint.h>

/* In the file as PRAGMA application_id and user_version. */
#define RECORDING_APPLICATION 0x636f6e73 /* "cons" */
#define RECORDING_VERSION 1

#define LEVEL_OPEN 63

/* The statements that make an empty recording.  Borrowed, valid for ever. */
extern const char recording_schema[];

/* The level of a dwell that lasted @ms: 0 for 0, else the place of its highest bit, from 1. */
static inline int level_of(uint64_t ms)
{
	return ms ? 64 - __builtin_clzll(ms) : 0;
}

/* The protocols that a list like "tcp udp" names, as info has it. */
proto_set schema_protos(const char *list);

#endif
