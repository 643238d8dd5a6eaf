/* Rows of cells as bytes, in every format. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/formats.h"

static const struct field field_name = { .name = "name", .title = "NAME", .kind = VALUE_TEXT };
static const struct field field_size = {
	.name = "size", .title = "SIZE", .kind = VALUE_COUNT, .unit = UNIT_BYTES,
	.align = ALIGN_RIGHT, .width = 5
};
static const struct field field_cookie = {
	.name = "cookie", .title = "COOKIE", .kind = VALUE_COUNT, .unit = UNIT_HEX
};
static const struct field *const fields[] = { &field_name, &field_size, &field_cookie };

static struct writer *open_writer(const char *format, struct buffer *out)
{
	const struct writer_options options = {
		.fields = fields, .count = 3, .header = true, .rows_key = "things",
	};
	struct writer *w;

	buffer_init(out, -1);
	w = writer_open(format_find(format), out, &options, NULL);
	assert_non_null(w);
	return w;
}

/* Write @count rows and compare what came out. */
static void assert_output(const char *format, const struct value (*rows)[3], size_t count,
			  const char *expected)
{
	struct buffer out;
	struct writer *w = open_writer(format, &out);
	struct error err;

	for (size_t i = 0; i < count; i++)
		assert_int_equal(writer_row(w, rows[i], &err), 0);
	assert_int_equal(writer_end(w, &err), 0);
	buffer_putc(&out, '\0');
	assert_string_equal(out.data, expected);
	writer_close(w);
	buffer_fini(&out);
}

/* What is known only when all rows were written. */
static void test_last_member(void **state)
{
	struct writer_meta last = { .field.name = "source", .value = value_none() };
	const struct writer_options options = {
		.fields = fields, .count = 3, .rows_key = "things", .last = &last,
	};
	const struct value row[3] = { value_string("x"), value_count(1), value_none() };
	struct buffer out;
	struct writer *w;

	(void)state;
	buffer_init(&out, -1);
	w = writer_open(format_find("json"), &out, &options, NULL);
	assert_non_null(w);
	assert_int_equal(writer_row(w, row, NULL), 0);
	last.value = value_string("a \"b\"");
	assert_int_equal(writer_end(w, NULL), 0);
	buffer_putc(&out, '\0');
	assert_string_equal(out.data, "{\"things\":[\n"
			    "{\"name\":\"x\",\"size\":1,\"cookie\":null}\n"
			    "],\"source\":\"a \\\"b\\\"\"}\n");
	writer_close(w);
	buffer_fini(&out);
}

static void test_table(void **state)
{
	const struct value rows[2][3] = {
		{ value_string("short"), value_count(2048), value_count(1) },
		{ value_string("a longer name"), value_none(), value_none() },
	};

	(void)state;
	assert_output("table", rows, 2,
		      "NAME            SIZE  COOKIE\n"
		      "short           2.0K  0x1\n"
		      "a longer name      -  -\n");
	assert_output("table", rows, 0, "NAME   SIZE  COOKIE\n");
}

static void test_machine_formats(void **state)
{
	const struct value rows[2][3] = {
		{ value_string("a \"b\", c"), value_count(2048), value_count(UINT64_MAX) },
		{ value_none(), value_none(), value_none() },
	};

	(void)state;
	assert_output("csv", rows, 2,
		      "name,size,cookie\r\n"
		      "\"a \"\"b\"\", c\",2048,0xffffffffffffffff\r\n"
		      ",,\r\n");
	assert_output("tsv", rows, 2,
		      "name\tsize\tcookie\n"
		      "a \"b\", c\t2048\t0xffffffffffffffff\n"
		      "\t\t\n");
	assert_output("jsonl", rows, 2,
		      "{\"name\":\"a \\\"b\\\", c\",\"size\":2048,"
		      "\"cookie\":\"0xffffffffffffffff\"}\n"
		      "{\"name\":null,\"size\":null,\"cookie\":null}\n");
	assert_output("json", rows, 1,
		      "{\"things\":[\n"
		      "{\"name\":\"a \\\"b\\\", c\",\"size\":2048,"
		      "\"cookie\":\"0xffffffffffffffff\"}"
		      "\n]}\n");
	assert_output("json", rows, 0, "{\"things\":[]}\n");
}

/* ESC, a bad byte, a right-to-left mark: harmless everywhere, lost nowhere but in a table. */
static void test_hostile_names(void **state)
{
	const struct value rows[1][3] = {
		{ value_string("\033[2J\xff\xe2\x80\xae\tn\xc3\xb6"), value_none(), value_none() },
	};

	(void)state;
	assert_output("table", rows, 1,
		      "NAME        SIZE  COOKIE\n"
		      "\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdn\xc3\xb6      -  -\n");
	assert_output("jsonl", rows, 1,
		      "{\"name\":\"\\u001b[2J\\\\xff\\\\xe2\\\\x80\\\\xae\\tn\xc3\xb6\","
		      "\"size\":null,"
		      "\"cookie\":null}\n");
	assert_output("csv", rows, 1,
		      "name,size,cookie\r\n"
		      "\"\\x1b[2J\\xff\\xe2\\x80\\xae\\x09n\xc3\xb6\",,\r\n");
	assert_output("tsv", rows, 1,
		      "name\tsize\tcookie\n"
		      "\\x1b[2J\\xff\\xe2\\x80\\xae\\x09n\xc3\xb6\t\t\n");
}

static void test_template_check(void **state)
{
	static const char *const good[] = {
		"{name}", "{NAME:20} {Size}", "{{x}}", "no fields", "\\n", "{size:999}",
	};
	static const char *const wrong[] = {
		"{name", "{nam}", "{}", "{name:}", "{name:x}", "{name:1000}", "{name:-1}",
		"{name:99999999999999999999}", "{name }x {size", "{name size}",
	};
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(template_check(good[i], fields, 3, &err), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err.text[0] = '\0';
		assert_int_equal(template_check(wrong[i], fields, 3, &err), -1);
		assert_true(err.text[0]);
	}
	assert_int_equal(template_check("{nmae}", fields, 3, &err), -1);
	assert_non_null(strstr(err.text, "did you mean name?"));
}

static void test_template(void **state)
{
	const struct writer_options options = {
		.fields = fields, .count = 3, .template = "{size:6}|{name:4}|{{x}}\\t{name}",
	};
	const struct value row[3] = { value_string("ab"), value_count(2048), value_none() };
	struct buffer out;
	struct writer *w;

	(void)state;
	buffer_init(&out, -1);
	w = writer_open(format_template(), &out, &options, NULL);
	assert_non_null(w);
	assert_int_equal(writer_row(w, row, NULL), 0);
	assert_int_equal(writer_end(w, NULL), 0);
	buffer_putc(&out, '\0');
	assert_string_equal(out.data, "  2.0K|ab  |{x}\tab\n");
	writer_close(w);
	buffer_fini(&out);
}

/* Beyond the look-ahead a wider cell widens its column; nothing is cut. */
static void test_table_streams(void **state)
{
	struct buffer out;
	struct writer *w = open_writer("table", &out);
	const struct value narrow[3] = { value_string("n"), value_count(1), value_none() };
	const struct value wide[3] = { value_string("much wider than before"), value_count(1),
				       value_none() };
	const char *tail = "much wider than before      1  -\n"
			   "n                           1  -\n";

	(void)state;
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(writer_row(w, narrow, NULL), 0);
	assert_true(out.used > 4096 * 10);
	assert_int_equal(writer_row(w, wide, NULL), 0);
	assert_int_equal(writer_row(w, narrow, NULL), 0);
	assert_int_equal(writer_end(w, NULL), 0);
	assert_memory_equal(out.data + out.used - strlen(tail), tail, strlen(tail));
	writer_close(w);
	buffer_fini(&out);
}

static void test_full_disk(void **state)
{
	const struct writer_options options = { .fields = fields, .count = 3, .live = true };
	const struct value row[3] = { value_string("n"), value_count(1), value_none() };
	int fd = open("/dev/full", O_WRONLY);
	struct buffer out;
	struct writer *w;
	struct error err = { 0 };

	(void)state;
	if (fd < 0)
		skip();
	buffer_init(&out, fd);
	w = writer_open(format_find("jsonl"), &out, &options, &err);
	assert_non_null(w);
	assert_int_equal(writer_row(w, row, &err), -1);
	assert_int_equal(err.code, ENOSPC);
	assert_int_equal(writer_end(w, &err), -1);
	writer_close(w);
	buffer_fini(&out);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_member),
		cmocka_unit_test(test_table),	      cmocka_unit_test(test_machine_formats),
		cmocka_unit_test(test_hostile_names), cmocka_unit_test(test_table_streams),
		cmocka_unit_test(test_full_disk),     cmocka_unit_test(test_template),
		cmocka_unit_test(test_template_check),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
