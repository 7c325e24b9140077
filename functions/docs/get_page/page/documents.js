const DOCUMENTS = [
  {
    "name": "All APIs of Contact Context",
    "url": "/openapi/all.json"
  },
  {
    "name": "ChatCaptain",
    "url": "/openapi/chatcaptain.json"
  },
  {
    "name": "Klen AI",
    "url": "/openapi/klen.json"
  },
  {
    "name": "Contact Context native API",
    "url": "/openapi/native.json"
  },
  {
    "name": "Setter AI",
    "url": "/openapi/setter.json"
  },
  {
    "name": "Vambe",
    "url": "/openapi/vambe.json"
  }
]
