/* Libraries that are loaded late: base/library.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"

struct functions {
	__typeof__(labs) *labs;
	__typeof__(div) *div;
};

static const struct library_function functions[] = {
	{ "labs", offsetof(struct functions, labs) },
	{ "div", offsetof(struct functions, div) },
};

static const struct library_function newer[] = {
	{ "labs", offsetof(struct functions, labs) },
	{ "div_with_a_future", offsetof(struct functions, div) },
};

static struct library library(const char *file)
{
	return (struct library){
		.file = file,
		.name = "Division",
		.need = "shares need",
		.otherwise = ", or do without them",
		.functions = functions,
		.count = sizeof(functions) / sizeof(functions[0]),
	};
}

/* One that is there for sure, by its path. */
static const char *c_library(void)
{
	Dl_info info;
	int found = dladdr(dlsym(RTLD_DEFAULT, "labs"), &info);

	assert_true(found);
	return info.dli_fname;
}

static void nothing_was_filled(const struct functions *f)
{
	assert_true(!f->labs && !f->div);
}

static void functions_are_found(void **state)
{
	const struct library l = library(c_library());
	struct functions f = { 0 };
	struct error err;

	(void)state;
	assert_int_equal(library_load(&l, &f, &err), 0);
	assert_int_equal(f.labs(-7), 7);
	assert_int_equal(f.div(7, 2).rem, 1);
}

static void a_missing_library_says_what_to_do(void **state)
{
	const struct library l = library("libno-such-thing.so.9");
	struct functions f = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(library_load(&l, &f, &err), -1);
	assert_ptr_equal(strstr(err.text, "shares need Division: install its package, "
					  "or do without them ("), err.text);
	assert_non_null(strstr(err.text, "libno-such-thing.so.9"));
	assert_null(strchr(err.text, '\n'));
	nothing_was_filled(&f);
	assert_int_equal(library_load(&l, &f, NULL), -1);
}

static void a_missing_function_says_what_to_do(void **state)
{
	const char *file = c_library();
	struct library l = library(file);
	struct functions f = { 0 };
	struct error err = { 0 };

	(void)state;
	l.functions = newer;
	assert_int_equal(library_load(&l, &f, &err), -1);
	assert_ptr_equal(strstr(err.text, "shares need a newer Division: update its package, "
					  "or do without them ("), err.text);
	assert_non_null(strstr(err.text, file));
	assert_non_null(strstr(err.text, "div_with_a_future"));
	nothing_was_filled(&f);
}

/* The second time nothing is looked for: it would not be found. */
static void it_is_loaded_once(void **state)
{
	const struct library there = library(c_library());
	const struct library gone = library("libno-such-thing.so.9");
	struct functions f = { 0 };

	(void)state;
	assert_int_equal(library_load(&gone, &f, NULL), -1);
	assert_int_equal(library_load(&there, &f, NULL), 0);
	assert_int_equal(library_load(&gone, &f, NULL), 0);
	assert_int_equal(f.labs(-7), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found),
		cmocka_unit_test(a_missing_library_says_what_to_do),
		cmocka_unit_test(a_missing_function_says_what_to_do),
		cmocka_unit_test(it_is_loaded_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
