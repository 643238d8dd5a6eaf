#!/bin/sh
# Says that the unit tests did not run.
echo '1..0 # SKIP unit tests: configure did not find cmocka'
