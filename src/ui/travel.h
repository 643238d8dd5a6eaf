/*
 * Moving in the time of a recording, where that is what the live view shows.
 */
#ifndef UI_TRAVEL_H
#define UI_TRAVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/state.h"
#include "ui/canvas.h"

struct ui;

/* Where to; the moment that is shown is told by struct ui_replay. */
enum travel {
	TRAVEL_NONE,
	TRAVEL_BACK, /* one poll */
	TRAVEL_ON,
	TRAVEL_PLAY, /* or pause */
	TRAVEL_FASTER,
	TRAVEL_SLOWER,
	TRAVEL_NORMAL, /* as fast as it was */
	TRAVEL_START,
	TRAVEL_END,
	TRAVEL_TO, /* a time that was typed */
	TRAVEL_CHANGE, /* to the next change of a state's count */
	TRAVEL_CHANGE_BACK,
	TRAVEL_FINDING, /* to where the next finding begins */
	TRAVEL_FINDING_BACK,
};

/* The moment of a recording, or of a dump.  Times are nanoseconds since the epoch. */
struct ui_replay {
	bool moments; /* there are several: false of a dump */
	uint64_t first_ns; /* the span of the recording */
	uint64_t last_ns;
	unsigned int speed; /* times as fast as it was */
	bool playing;
	bool jumped; /* not on from the moment shown before: nothing is gone since then */
	const char *note; /* about this moment: "after a gap ..."; or NULL */
	const struct ui_life *life; /* of the socket whose details are shown */
	const char *said; /* what came of the last wish, once; or NULL */
};

/* The states that one socket went through; times as above. */
#define UI_STAYS_MAX 64
struct ui_stay {
	enum state state;
	uint64_t since_ns;
	uint64_t until_ns; /* 0: not yet */
};

struct ui_life {
	uint64_t cookie; /* whose it is; 0: nobody's */
	struct ui_stay stays[UI_STAYS_MAX];
	size_t count;
};

/* The first line of the screen. */
void travel_header_draw(const struct ui *ui, struct canvas *c, int row);

/* A time was typed. */
void travel_prompt_done(struct ui *ui);

/* Is @key one that a recording would be needed for? */
bool travel_is_missed(const struct ui *ui, uint32_t key);

#endif
