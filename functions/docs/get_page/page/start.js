// Each document of documents.js can be chosen at the top of the page.
SwaggerUIBundle({
  dom_id: "#page",
  urls: DOCUMENTS,
  layout: "StandaloneLayout",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  deepLinking: true,
  docExpansion: "list",
  persistAuthorization: true,
  displayRequestDuration: true,
  // No other server is asked whether the document is valid.
  validatorUrl: null,
});
