// French from the first start, as the rest of the system; who changes the system's language gets that one.
pref("intl.locale.requested", "");
pref("browser.aboutwelcome.enabled", false);
