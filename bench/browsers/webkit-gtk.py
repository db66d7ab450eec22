"""One page of WebKitGTK that is driven by lines: a JSON command a line on stdin, a JSON answer a line on stdout.

Commands: {"id", "open": url}, {"id", "run": body of an async function that returns a string}, {"id", "script": source}. An
answer has the command's id and "value" or "error"; the first line tells the version. Camera and microphone are WebKit's own
mock devices, and whatever the page asks for is allowed. Needs python3-gi and gir1.2-webkit2-4.1, and a display.
"""

import json
import os
import sys
import threading

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

# What libraries print goes where faults go; the answers keep the channel to themselves.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def tell(message):
    answers.write(json.dumps(message) + "\n")


scripts = WebKit2.UserContentManager()
settings = WebKit2.Settings(
    enable_media_stream=True,
    enable_mediasource=True,
    enable_mock_capture_devices=True,
    enable_webaudio=True,
    media_playback_requires_user_gesture=False,
    enable_write_console_messages_to_stdout=True,
)
context = WebKit2.WebContext.new_ephemeral()
# As after a tap of the person, which sound waits for elsewhere.
policies = WebKit2.WebsitePolicies(autoplay=WebKit2.AutoplayPolicy.ALLOW)
view = WebKit2.WebView(
    web_context=context, user_content_manager=scripts, settings=settings, website_policies=policies
)
view.connect("permission-request", lambda _view, request: request.allow() or True)
opening = []
endings = []


def loaded(_view, event):
    if event == WebKit2.LoadEvent.FINISHED and opening:
        tell({"id": opening.pop(), "value": None})


def failed(_view, _event, url, error):
    if opening:
        tell({"id": opening.pop(), "error": f"{url}: {error.message}"})
    return False


def ended(_view, reason):
    endings.append(f"the page's process ended ({reason.value_nick})")
    if opening:
        tell({"id": opening.pop(), "error": endings[-1]})


view.connect("load-changed", loaded)
view.connect("load-failed", failed)
view.connect("web-process-terminated", ended)


def ran(_view, result, command_id):
    try:
        tell({"id": command_id, "value": view.call_async_javascript_function_finish(result).to_string()})
    except GLib.Error as error:
        # A process that ends lets go of what it ran first, with words that do not say so, and then is told to have ended.
        GLib.timeout_add(200, tell_fault, command_id, error.message)


def tell_fault(command_id, message):
    tell({"id": command_id, "error": endings[-1] if endings else message})
    return False


def take(command):
    if "open" in command:
        opening.append(command["id"])
        view.load_uri(command["open"])
    elif "run" in command:
        view.call_async_javascript_function(command["run"], -1, None, None, None, None, ran, command["id"])
    elif "script" in command:
        frames, start = WebKit2.UserContentInjectedFrames.ALL_FRAMES, WebKit2.UserScriptInjectionTime.START
        scripts.add_script(WebKit2.UserScript.new(command["script"], frames, start, None, None))
        tell({"id": command["id"], "value": None})
    return False


def listen():
    for line in sys.stdin:
        GLib.idle_add(take, json.loads(line))
    GLib.idle_add(Gtk.main_quit)


window = Gtk.Window(default_width=1280, default_height=900)
window.add(view)
window.show_all()
version = (WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
tell({"version": ".".join(map(str, version))})
threading.Thread(target=listen, daemon=True).start()
Gtk.main()
