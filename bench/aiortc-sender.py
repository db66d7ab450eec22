"""A WHIP client by aiortc: a flash and a beep at each second of the clock, for some seconds, and then an end in good order.

Reads one line of JSON from stdin: {"url", "streamKey", "seconds", "codec"}. Needs python3-aiortc.
"""

import asyncio
import fractions
import json
import sys
import time
import urllib.parse
import urllib.request

import aiortc
import av
import numpy
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

SIGNAL_SECONDS = 0.1
RATE = 48000
CHUNK = RATE // 50


class Flashes(VideoStreamTrack):
    began = None

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        if self.began is None:
            self.began = time.time()
        luma = 235 if (self.began + pts * time_base) % 1 < SIGNAL_SECONDS else 40
        picture = numpy.full((180 * 3 // 2, 320), 128, numpy.uint8)
        picture[:180] = luma
        left = pts // 3000 * 2 % 300
        picture[160:180, left : left + 20] = 90
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = pts, time_base
        return frame


class Beeps(AudioStreamTrack):
    began = None
    samples = 0

    async def recv(self):
        if self.began is None:
            self.began = time.time()
        # A chunk can be sent when its last sample was heard.
        await asyncio.sleep(max(0, self.began + (self.samples + CHUNK) / RATE - time.time()))
        at = self.began + (self.samples + numpy.arange(CHUNK)) / RATE
        loudness = numpy.where(at % 1 < SIGNAL_SECONDS, 16000, 300)
        sound = (loudness * numpy.sin(2 * numpy.pi * 1000 * (at % 1))).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = self.samples, RATE, fractions.Fraction(1, RATE)
        self.samples += CHUNK
        return frame


def call(method, url, key, body=None):
    headers = {"authorization": f"Bearer {key}", "content-type": "application/sdp"}
    request = urllib.request.Request(url, method=method, headers=headers, data=body)
    with urllib.request.urlopen(request) as response:
        return response.status, response.headers, response.read().decode()


async def main():
    orders = json.loads(sys.stdin.readline())
    connection = RTCPeerConnection()
    connection.addTransceiver(Beeps(), direction="sendonly")
    video = connection.addTransceiver(Flashes(), direction="sendonly")
    known = RTCRtpSender.getCapabilities("video").codecs
    video.setCodecPreferences([codec for codec in known if codec.mimeType == f"video/{orders['codec']}"])
    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp.encode()
    status, headers, answer = call("POST", orders["url"], orders["streamKey"], offer)
    assert status == 201, status
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.sleep(orders["seconds"])
    session = urllib.parse.urljoin(orders["url"], headers["location"])
    status, _, _ = call("DELETE", session, orders["streamKey"])
    assert status == 200, status
    await connection.close()


if sys.argv[1:] == ["--version"]:
    print(f"aiortc {aiortc.__version__}")
else:
    asyncio.run(main())
