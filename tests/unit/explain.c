/* The texts of `connstate explain`, and the diagram against the table of arrows. */
#include "config.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/explain.h"

#define ROWS 48
#define COLUMNS 80

static const struct explaining wide = { .width = 80, .utf8 = true };

/* The diagram as cells; a code point each. */
struct grid {
	uint32_t cell[ROWS][COLUMNS];
};

struct place {
	int row, column;
};

struct step {
	int down, right;
};

static void terminate(struct buffer *out)
{
	buffer_putc(out, '\0');
	assert_int_equal(out->error, 0);
}

/* Blanks outside, so that every walk over the cells stays inside or fails. */
static struct grid grid_of(const char *text)
{
	struct grid g;
	int row = 0, column = 0;

	for (size_t i = 0; i < sizeof(g.cell) / sizeof(uint32_t); i++)
		g.cell[i / COLUMNS][i % COLUMNS] = ' ';
	for (; *text && row < ROWS; text++) {
		unsigned char c = (unsigned char)*text;
		uint32_t point = c;

		if (c == '\n') {
			row++;
			column = 0;
			continue;
		}
		if (c >= 0x80) {
			assert_int_equal(c & 0xf0, 0xe0);
			point = (uint32_t)(c & 15) << 12 | (uint32_t)(text[1] & 63) << 6 |
				(uint32_t)(text[2] & 63);
			text += 2;
		}
		assert_in_range(column, 0, COLUMNS - 1);
		g.cell[row][column++] = point;
	}
	return g;
}

static struct grid drawn(void)
{
	struct buffer out;
	struct grid g;

	buffer_init(&out, -1);
	explain_diagram(&out, &wide);
	terminate(&out);
	g = grid_of(out.data);
	buffer_fini(&out);
	return g;
}

static uint32_t at(const struct grid *g, struct place p)
{
	assert_in_range(p.row, 0, ROWS - 1);
	assert_in_range(p.column, 0, COLUMNS - 1);
	return g->cell[p.row][p.column];
}

static struct place moved(struct place p, struct step s, int times)
{
	return (struct place){ p.row + times * s.down, p.column + times * s.right };
}

static bool is_border(uint32_t c)
{
	return c >= 0x2500 && c < 0x2600;
}

/* The state whose box has @inside within it. */
static enum state state_around(const struct grid *g, struct place inside)
{
	char text[COLUMNS + 1] = "";
	size_t len = 0;

	while (!is_border(at(g, inside)))
		inside.row--;
	inside.row++;
	while (!is_border(at(g, inside)))
		inside.column--;
	for (int row = inside.row; !is_border(g->cell[row][inside.column + 1]); row++)
		for (int c = inside.column + 1; !is_border(g->cell[row][c]); c++)
			if (g->cell[row][c] != ' ')
				text[len++] = (char)g->cell[row][c];
	for (enum state s = 0; s < STATE_COUNT; s++)
		if (!strcmp(state_info(s)->name, text))
			return s;
	fail_msg("no state is called '%s'", text);
	return STATE_COUNT;
}

/* The way that a line takes when it enters @sign in the direction @s. */
static struct step turned(uint32_t sign, struct step s)
{
	int sense = sign == 0x256e || sign == 0x2570 ? 1 : -1; /* the diagonals of a box */

	if (sign == 0x2500 || sign == 0x2502)
		return s;
	assert_in_range(sign, 0x256d, 0x2570);
	return (struct step){ sense * s.right, sense * s.down };
}

/* Follow the line that leaves a box at @p in the direction @s to the box at its head. */
static enum state head_of(const struct grid *g, struct place p, struct step s)
{
	for (int length = 0; length < ROWS * COLUMNS; length++) {
		uint32_t sign;

		p = moved(p, s, 1);
		sign = at(g, p);
		if (sign == 0x25bc || sign == 0x25b2)
			return state_around(g, moved(p, s, 1));
		if (sign == 0x25ba || sign == 0x25c4)
			return state_around(g, moved(p, s, 2));
		s = turned(sign, s);
	}
	fail_msg("a line of the diagram has no end");
	return STATE_COUNT;
}

/* The direction in which a line leaves a box at @sign; false if it is no such place. */
static bool leaves(uint32_t sign, struct step *s)
{
	static const struct {
		uint32_t sign;
		struct step step;
	} tees[] = {
		{ 0x251c, { 0, 1 } }, { 0x2524, { 0, -1 } },
		{ 0x252c, { 1, 0 } }, { 0x2534, { -1, 0 } },
	};

	for (size_t i = 0; i < 4; i++)
		if (tees[i].sign == sign) {
			*s = tees[i].step;
			return true;
		}
	return false;
}

static size_t arrow_index(enum state from, enum state to)
{
	size_t count;
	const struct state_arrow *arrows = state_arrows(&count);
	size_t i = 0;

	while (i < count && (arrows[i].from != from || arrows[i].to != to))
		i++;
	if (i == count)
		fail_msg("figure 6 has no arrow from %s to %s", state_info(from)->name,
			 state_info(to)->name);
	return i;
}

/* Every line is followed from box to box: the drawing has the table's arrows and no other. */
static void diagram_has_exactly_the_arrows(void **state)
{
	struct grid g = drawn();
	size_t seen[64] = { 0 };
	size_t count;

	(void)state;
	state_arrows(&count);
	for (int row = 0; row < ROWS; row++)
		for (int column = 0; column < COLUMNS; column++) {
			struct place p = { row, column };
			struct step s;
			enum state from;

			if (!leaves(at(&g, p), &s))
				continue;
			from = state_around(&g, moved(p, s, -1));
			seen[arrow_index(from, head_of(&g, p, s))]++;
		}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(seen[i], 1);
}

/* How often @label stands in @text as a label of its own. */
static size_t label_count(const char *text, const char *label)
{
	size_t count = 0;

	for (const char *p = text; (p = strstr(p, label)); p++) {
		const char *end = p + strlen(label);
		bool starts = p == text || p[-1] == ' ' || p[-1] == '\n';

		count += starts && !isalnum((unsigned char)*end) && *end != '-' && *end != ',' &&
			 strncmp(end, " / ", 3);
	}
	return count;
}

static void label_of(const struct state_arrow *arrow, char *out, size_t size)
{
	snprintf(out, size, "%s%s%s", arrow->event, *arrow->action ? " / " : "", arrow->action);
}

static void check_labels(bool utf8)
{
	struct explaining how = wide;
	struct buffer out;
	size_t count;
	const struct state_arrow *arrows = state_arrows(&count);

	how.utf8 = utf8;
	buffer_init(&out, -1);
	explain_diagram(&out, &how);
	terminate(&out);
	for (size_t i = 0; i < count; i++) {
		char label[64], other[64];
		size_t expected = 0;

		label_of(&arrows[i], label, sizeof(label));
		for (size_t j = 0; j < count; j++) {
			label_of(&arrows[j], other, sizeof(other));
			expected += !strcmp(label, other);
		}
		if (label_count(out.data, label) != expected)
			fail_msg("'%s' is not there %zu times", label, expected);
	}
	buffer_fini(&out);
}

static void diagram_labels_every_arrow(void **state)
{
	(void)state;
	check_labels(true);
	check_labels(false);
}

static void diagram_in_ascii_has_the_same_shape(void **state)
{
	const struct explaining how = { .width = 80 };
	struct buffer ascii;
	struct grid utf8 = drawn(), g;

	(void)state;
	buffer_init(&ascii, -1);
	explain_diagram(&ascii, &how);
	terminate(&ascii);
	for (const char *p = ascii.data; *p; p++)
		assert_true((unsigned char)*p < 0x80);
	g = grid_of(ascii.data);
	for (int row = 0; row < ROWS; row++)
		for (int column = 0; column < COLUMNS; column++) {
			uint32_t c = utf8.cell[row][column];

			if (c < 0x80)
				assert_int_equal(g.cell[row][column], c);
			else
				assert_non_null(strchr("-|+<>^v", (int)g.cell[row][column]));
		}
	buffer_fini(&ascii);
}

/* Values of a host that no test runs on. */
static const char *value_of(void *ctx, const char *name)
{
	if (!strcmp(name, "net.ipv4.ip_local_port_range"))
		return "1111\t\x1b[2J2222\n";
	return strcmp(name, "net.ipv4.tcp_fin_timeout") ? NULL : ctx;
}

static char *explained(struct buffer *out, enum state s, unsigned int width)
{
	char seventeen[] = "17";
	const struct explaining how = {
		.width = width, .sysctl = value_of, .context = seventeen,
	};

	buffer_init(out, -1);
	explain_state(out, s, &how);
	terminate(out);
	return out->data;
}

static void lines_are_wrapped(void **state)
{
	static const unsigned int widths[] = { 40, 60, 80, 132 };

	(void)state;
	for (enum state s = 0; s < STATE_COUNT; s++)
		for (size_t i = 0; i < 4; i++) {
			struct buffer out;
			const char *line = explained(&out, s, widths[i]);

			for (; *line; line += strcspn(line, "\n") + 1) {
				size_t len = strcspn(line, "\n");

				assert_true(!len || line[len - 1] != ' ');
				if (widths[i] >= 80)
					assert_in_range(len, 0, widths[i]);
			}
			buffer_fini(&out);
		}
}

/* Blanks and line ends made alike, so that wrapping does not matter. */
static void unwrap(char *text)
{
	char *to = text;

	for (; *text; text++) {
		char c = *text == '\n' ? ' ' : *text;

		if (c != ' ' || (to[-1] != ' '))
			*to++ = c;
	}
	*to = '\0';
}

static void every_text_and_name_is_printed(void **state)
{
	(void)state;
	for (enum state s = 0; s < STATE_COUNT; s++) {
		const struct state_info *i = state_info(s);
		const char *texts[] = { i->name, i->plain, i->acts, i->bound, i->pileup,
					i->remedy };
		struct buffer out;
		char *text = explained(&out, s, 72);

		unwrap(text);
		for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++)
			assert_non_null(strstr(text, texts[t]));
		if (i->rfc)
			assert_non_null(strstr(text, i->rfc));
		for (enum dialect d = 0; d < DIALECT_COUNT; d++)
			if (i->names[d])
				assert_non_null(strstr(text, i->names[d]));
		buffer_fini(&out);
	}
}

static void values_of_the_host_are_printed(void **state)
{
	struct buffer out;
	char *text = explained(&out, STATE_FIN_WAIT_2, 80);

	(void)state;
	assert_non_null(strstr(text, "net.ipv4.tcp_fin_timeout = 17\n"));
	assert_non_null(strstr(text, "net.ipv4.tcp_max_orphans = (not known here)\n"));
	buffer_fini(&out);
	text = explained(&out, STATE_TIME_WAIT, 80);
	assert_non_null(strstr(text, "net.ipv4.ip_local_port_range = 1111 [2J2222\n"));
	buffer_fini(&out);
}

static void no_function_for_values_is_fine(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out, -1);
	explain_state(&out, STATE_TIME_WAIT, &wide);
	terminate(&out);
	assert_non_null(strstr(out.data, "net.ipv4.tcp_tw_reuse = (not known here)\n"));
	buffer_fini(&out);
}

static void equal_names_stand_together(void **state)
{
	struct buffer out;
	char *text = explained(&out, STATE_BOUND, 100);

	(void)state;
	assert_non_null(strstr(text, "BOUND               solaris hpux\n"));
	assert_non_null(strstr(text, "TCP_BOUND_INACTIVE  linux\n"));
	assert_null(strstr(text, "RFC 793, section 3.2"));
	assert_null(strstr(text, "Comes from"));
	buffer_fini(&out);
}

static void ways_in_and_out_are_the_arrows(void **state)
{
	struct buffer out;
	char *text = explained(&out, STATE_FIN_WAIT_1, 80);
	const char *in = strstr(text, "Comes from"), *onward = strstr(text, "Goes to");

	(void)state;
	assert_non_null(in);
	assert_non_null(onward);
	assert_true(in < onward);
	assert_true(strstr(in, "SYN-RECEIVED  CLOSE / snd FIN\n") < onward);
	assert_true(strstr(in, "ESTABLISHED   CLOSE / snd FIN\n") < onward);
	assert_non_null(strstr(onward, "FIN-WAIT-2    rcv ACK of FIN\n"));
	assert_non_null(strstr(onward, "CLOSING       rcv FIN / snd ACK\n"));
	assert_non_null(strstr(onward, "CLOSED        reset or timeout\n"));
	buffer_fini(&out);
}

static char *diagram_drawn(struct buffer *out, const struct explaining *how)
{
	buffer_init(out, -1);
	explain_diagram(out, how);
	terminate(out);
	return out->data;
}

/* Cell by cell all but the names is the same, whatever the length of the names. */
static void diagram_keeps_its_shape_in_every_dialect(void **state)
{
	struct grid canonical = drawn();

	(void)state;
	for (enum dialect d = 0; d < DIALECT_COUNT; d++) {
		struct explaining how = { .width = 80, .utf8 = true, .names = d };
		struct buffer out;
		struct grid g = grid_of(diagram_drawn(&out, &how));
		const char *established = state_name(STATE_ESTABLISHED, d);

		for (int row = 0; row < 33; row++)
			for (int column = 0; column < COLUMNS; column++)
				if (is_border(canonical.cell[row][column]))
					assert_int_equal(g.cell[row][column],
							 canonical.cell[row][column]);
		if (strlen(established) <= 14)
			assert_non_null(strstr(out.data, established));
		else
			assert_non_null(strstr(out.data, "TCP_ESTABLISH…"));
		buffer_fini(&out);
	}
}

/* Where the drawing has no room its arrows are listed, in lines that fit. */
static void narrow_diagram_is_a_list(void **state)
{
	struct explaining how = { .width = 60, .utf8 = true };
	struct buffer out;
	size_t count, listed = 0;
	char *text = diagram_drawn(&out, &how);

	(void)state;
	state_arrows(&count);
	assert_null(strstr(text, "│"));
	assert_non_null(strstr(text, "\nLISTEN\n  to CLOSED          CLOSE\n"
				     "  to SYN-RECEIVED    rcv SYN / snd SYN,ACK\n"));
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		assert_in_range(strcspn(line, "\n"), 0, 60);
		listed += !strncmp(line, "  to ", 5);
	}
	assert_int_equal(listed, count);
	buffer_fini(&out);
}

/* "connstate explain lists them", say messages about an unknown state. */
static void diagram_names_every_state(void **state)
{
	static const unsigned int widths[] = { 40, 80 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct explaining how = { .width = widths[i], .utf8 = true };
		struct buffer out;
		char *text = diagram_drawn(&out, &how);

		for (enum state s = 0; s < STATE_COUNT; s++)
			assert_non_null(strstr(text, state_info(s)->name));
		buffer_fini(&out);
	}
}

static void names_of_a_dialect_are_used_throughout(void **state)
{
	struct explaining how = { .width = 80, .utf8 = true, .names = DIALECT_BSD };
	struct buffer out;

	(void)state;
	buffer_init(&out, -1);
	explain_state(&out, STATE_FIN_WAIT_1, &how);
	terminate(&out);
	assert_memory_equal(out.data, "FIN_WAIT_1\n", 11);
	assert_non_null(strstr(out.data, "\"FIN-WAIT-1 - represents"));
	assert_non_null(strstr(out.data, "Comes from      SYN_RCVD      CLOSE / snd FIN\n"));
	assert_non_null(strstr(out.data, "FIN_WAIT_2    rcv ACK of FIN\n"));
	buffer_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diagram_has_exactly_the_arrows),
		cmocka_unit_test(diagram_labels_every_arrow),
		cmocka_unit_test(diagram_in_ascii_has_the_same_shape),
		cmocka_unit_test(lines_are_wrapped),
		cmocka_unit_test(every_text_and_name_is_printed),
		cmocka_unit_test(values_of_the_host_are_printed),
		cmocka_unit_test(no_function_for_values_is_fine),
		cmocka_unit_test(equal_names_stand_together),
		cmocka_unit_test(ways_in_and_out_are_the_arrows),
		cmocka_unit_test(diagram_keeps_its_shape_in_every_dialect),
		cmocka_unit_test(narrow_diagram_is_a_list),
		cmocka_unit_test(diagram_names_every_state),
		cmocka_unit_test(names_of_a_dialect_are_used_throughout),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
