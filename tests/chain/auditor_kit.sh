#!/bin/bash
# auditor_kit.sh PROGRAM
#
# Samples good and spoilt: every checker says of each what it must.

# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
need_programs openssl ssh-keygen pdfsig mutool certutil node
check "all checkers agree with what the samples were made for" \
  "$(dirname "$0")/../../scripts/auditor-kit" --out "$work/kit" --program "$program"
finish
