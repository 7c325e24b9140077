// The documents begin with the address of a local service. The page calls the service that it comes
// from, wherever that is.
const CallsItsOwnService = () => ({
  statePlugins: {
    spec: {
      wrapActions: {
        updateSpec: (update) => (text) =>
          update(text && JSON.stringify({ ...JSON.parse(text), servers: [{ url: location.origin }] })),
      },
    },
  },
});

// Each document of documents.js can be chosen at the top of the page.
SwaggerUIBundle({
  dom_id: "#page",
  urls: DOCUMENTS,
  layout: "StandaloneLayout",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  plugins: [CallsItsOwnService],
  deepLinking: true,
  docExpansion: "list",
  // API keys stay in the memory of the page and are gone when it is left.
  persistAuthorization: false,
  displayRequestDuration: true,
  // No other server is asked whether the document is valid.
  validatorUrl: null,
});
